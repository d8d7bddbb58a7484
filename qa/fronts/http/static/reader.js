// The pane: the list of documents, or one of them at the sentence that was cited.

import { el, json, oneLine, safe, slicer } from "./dom.js";

const CHUNK = 100; // lines that are laid out together
const FIXED = /\.(csv|tsv|jsonl?)$/i;

function rangesIn(text, wanted) {
  // Where the file has changed since, its sentence is looked for; else it is not shown as cited.
  const slice = slicer(text);
  const size = /[\ud800-\udfff]/.test(text) ? Array.from(text).length : text.length;
  const found = [];
  let isChanged = false;
  for (const one of wanted) {
    if (one.end <= size && (one.quote === undefined || slice(one.start, one.end) === one.quote)) {
      found.push({ ...one, start: slice(0, one.start).length, end: slice(0, one.end).length });
    } else if (one.quote !== undefined) {
      isChanged = true;
      const at = text.indexOf(one.quote);
      if (at >= 0) found.push({ ...one, start: at, end: at + one.quote.length });
    }
  }
  return [found, isChanged];
}

function headingPath(document, at) {
  const path = [];
  const slice = slicer(document.text);
  for (const heading of document.headings) {
    if (slice(0, heading.start).length > at) break;
    while (path.length && path[path.length - 1].level >= heading.level) path.pop();
    path.push({ level: heading.level, text: oneLine(slice(heading.start, heading.end)) });
  }
  return path.map((one) => one.text);
}

function pageAt(document, at) {
  const slice = slicer(document.text);
  return document.pages.filter((start) => slice(0, start).length <= at).length;
}

function lineOf(text, start, ranges, isHeading) {
  // One line as pieces: what is cited stands in a mark of its own.
  const end = start + text.length;
  const pieces = [];
  let at = start;
  for (const range of ranges) {
    const from = Math.max(range.start, at);
    const to = Math.min(range.end, end);
    if (to <= from) continue;
    pieces.push(safe(text.slice(at - start, from - start)));
    pieces.push(el("mark", { class: range.isLead ? "lead" : "other", tabindex: range.isLead ? -1 : null }, safe(text.slice(from - start, to - start))));
    at = to;
  }
  pieces.push(safe(text.slice(at - start)));
  return el("div", { class: isHeading ? "line heading" : "line" }, pieces);
}

export function documentOf(found, wanted, back) {
  const [ranges, isChanged] = rangesIn(found.text, wanted);
  ranges.sort((a, b) => a.start - b.start);
  const lead = ranges.find((one) => one.isLead) ?? null;
  const slice = slicer(found.text);
  const headings = new Set(found.headings.map((one) => slice(0, one.start).length));
  const pages = new Map(found.pages.map((start, i) => [slice(0, start).length, i + 1]));
  const chunks = [];
  let offset = 0;
  let number = 0;
  let lines = [];
  for (const text of found.text.split("\n")) {
    number += 1;
    const start = offset;
    const end = start + text.length;
    offset = end + 1;
    for (const [at, page] of pages) {
      if (at >= start && at <= end && found.pages.length > 1) {
        lines.push(el("p", { class: "page" }, `Page ${page}`));
        pages.delete(at);
      }
    }
    const isHeading = headings.has(start) || headings.has(start + text.search(/[^#\s]/));
    const line = lineOf(text, start, ranges.filter((one) => one.start < end && one.end > start), isHeading);
    line.dataset.n = String(number);
    lines.push(line);
    if (lines.length >= CHUNK) {
      chunks.push(el("div", { class: "chunk" }, lines));
      lines = [];
    }
  }
  chunks.push(el("div", { class: "chunk" }, lines));
  const facts = [found.when, found.author ? safe(found.author) : "", found.title ? oneLine(found.path) : ""].filter(Boolean);
  const where = lead === null ? [] : headingPath(found, lead.start).filter((text) => text !== oneLine(found.title ?? ""));
  if (lead !== null && found.pages.length > 1) where.push(`page ${pageAt(found, lead.start)}`);
  const head = el(
    "header",
    { class: "pane-head" },
    el("div", { class: "pane-row" }, back),
    el("h2", { class: "pane-title", tabindex: -1 }, oneLine(found.title ?? found.path)),
    facts.length ? el("p", { class: "facts" }, facts.join(" · ")) : null,
    where.length ? el("p", { class: "where" }, where.join(" › ")) : null,
    isChanged ? el("p", { class: "changed" }, lead ? "The file has changed since it was cited; the sentence stands here now." : "The file has changed since it was cited; the sentence is no longer in it.") : null,
  );
  const body = el("div", { class: FIXED.test(found.path) ? "paper fixed" : "paper", tabindex: 0, role: "region", "aria-label": "Text of the document" }, chunks);
  return [head, body];
}

// The list of documents, with what is being read and a way to add files.
export class Sources {
  constructor(add) {
    this.state = null;
    this.found = [];
    this.uploads = [];
    this.list = el("ul", { class: "documents" });
    this.reading = el("div", { class: "reading", hidden: true });
    this.bar = el("progress", { max: 100, "aria-label": "Reading the documents" });
    this.readingText = el("p", { class: "facts" });
    this.reading.append(this.bar, this.readingText);
    this.told = el("p", { class: "facts told", role: "status" });
    this.filter = el("input", { type: "search", class: "filter", placeholder: "Find a document", "aria-label": "Find a document", oninput: () => this.draw() });
    this.input = el("input", { type: "file", multiple: true, class: "unseen", id: "files", tabindex: -1, "aria-hidden": "true", onchange: () => { add([...this.input.files]); this.input.value = ""; } });
    this.addButton = el("button", { class: "plain add", type: "button", onclick: () => this.input.click() }, "Add files");
    this.close = el("button", { class: "plain back only-narrow", type: "button" }, "‹ Conversation");
  }

  async load() {
    this.found = await json("/api/sources");
    this.draw();
  }

  elements() {
    return [
      el(
        "header",
        { class: "pane-head" },
        el("div", { class: "pane-row" }, this.close),
        el("div", { class: "pane-row" }, el("h2", { class: "pane-title", tabindex: -1 }, "Documents"), this.addButton, this.input),
        this.filter,
        this.reading,
        this.told,
      ),
      el("div", { class: "scroll-list", tabindex: 0, role: "region", "aria-label": "List of documents" }, this.list),
    ];
  }

  show(state) {
    this.state = state;
    this.addButton.hidden = !state.takes_files;
    this.input.accept = state.formats.join(",");
    this.reading.hidden = state.reading === null;
    if (state.reading !== null) {
      this.bar.value = state.reading.percent;
      this.readingText.textContent = `Reading ${oneLine(state.reading.path)} · ${state.reading.percent} %`;
    }
    if (!this.found.length) this.draw();
    this.told.textContent = state.error ? safe(state.error) : "";
  }

  draw() {
    const word = this.filter.value.trim().toLowerCase();
    const matches = (one) => `${one.path} ${one.title ?? ""}`.toLowerCase().includes(word);
    const items = this.uploads.map((one) =>
      el("li", { class: `upload ${one.state}` }, el("div", { class: "document" }, el("span", { class: "name" }, oneLine(one.name)), el("span", { class: "facts" }, safe(one.text)))),
    );
    for (const one of this.found.filter(matches)) items.push(this.item(one));
    if (!items.length) {
      const none = this.state?.reading ? "The first of them are being read." : "No documents yet. Copy some into the folder, or drop them here.";
      const empty = word ? "No document's name holds that." : none;
      items.push(el("li", { class: "empty" }, empty));
    }
    this.list.replaceChildren(...items);
    this.filter.hidden = this.found.length < 8;
  }

  item(one) {
    const name = oneLine(one.title ?? one.path);
    if (one.state === "skipped") {
      return el("li", { class: "skipped" }, el("div", { class: "document" }, el("span", { class: "name" }, oneLine(one.path)), el("span", { class: "facts" }, `Not read: ${safe(one.reason ?? "")}`)));
    }
    const facts = [one.when || "no date", one.title ? oneLine(one.path) : "", `${one.passages} ${one.passages === 1 ? "passage" : "passages"}`];
    return el("li", {}, el("a", { class: "document", href: `#${encodeURIComponent(one.path)}` }, el("span", { class: "name" }, name), el("span", { class: "facts" }, facts.filter(Boolean).join(" · "))));
  }
}
