// An answer as it is shown: statements with their marks, sources, conflicts, what was searched.

import { el, oneLine, safe, slicer } from "./dom.js";

const TITLES = {
  answered: "Answer",
  perhaps: "This may answer it",
  not_found: "No answer found",
};

// Kinds of notes that stand before the statements.
const OPENINGS = ["perhaps", "likely", "contradicted", "searched", "newest", "newest_undated"];

export function hashOf(citation) {
  return `#${encodeURIComponent(citation.path)}:${citation.start}-${citation.end}`;
}

function placeOf(citation) {
  const page = citation.page === null ? "" : `, page ${citation.page}`;
  return `${oneLine(citation.path)}, line ${citation.line}${page}`;
}

function mark(citation, when) {
  const label = `Source ${citation.marker}: ${placeOf(citation)}`;
  const link = el("a", { class: "mark", href: hashOf(citation), "aria-label": label }, String(citation.marker));
  link.citation = citation;
  link.when = when;
  return link;
}

export function tipOf(link) {
  const citation = link.citation;
  const title = citation.title ? `${oneLine(citation.title)} · ` : "";
  const when = link.when ? ` · ${link.when}` : "";
  return [
    el("p", { class: "tip-quote" }, `“${safe(citation.quote)}”`),
    el("p", { class: "tip-place" }, `${title}${placeOf(citation)}${when}`),
  ];
}

function statementText(statement) {
  const { text, emphasis } = statement;
  if (emphasis === null) return [oneLine(text)];
  const slice = slicer(text);
  return [
    oneLine(slice(0, emphasis.start)),
    el("strong", {}, oneLine(slice(emphasis.start, emphasis.end))),
    oneLine(slice(emphasis.end, Array.from(text).length)),
  ];
}

export function statementOf(statement, places = {}) {
  return el(
    "p",
    { class: "statement" },
    statementText(statement),
    "\u00a0",
    statement.citations.map((one) => mark(one, places[one.marker]?.when)),
  );
}

// The frame of a turn, to which an answer is added while it comes.
export class Turn {
  constructor(question) {
    this.body = el("div", { class: "body" });
    this.element = el(
      "article",
      { class: "turn" },
      el("h2", { class: "question" }, safe(question)),
      this.body,
    );
    this.statements = el("div", { class: "statements" });
    this.opening = el("p", { class: "opening" });
  }

  busy(text) {
    this.element.dataset.outcome = "busy";
    this.body.replaceChildren(el("p", { class: "busy" }, text));
  }

  begin() {
    if (this.element.dataset.outcome === "busy") {
      this.element.dataset.outcome = "coming";
      this.body.replaceChildren(this.opening, this.statements);
    }
  }

  note(text) {
    this.begin();
    this.opening.textContent = text;
  }

  add(statement) {
    this.begin();
    this.statements.append(statementOf(statement));
  }

  fail(text, isStopped) {
    this.element.dataset.outcome = isStopped ? "stopped" : "failed";
    if (!this.statements.isConnected) this.body.replaceChildren();
    this.body.append(el("p", { class: isStopped ? "stopped" : "error" }, text));
  }

  finish(answer) {
    this.element.dataset.outcome = answer.outcome;
    const shown = [label(answer)];
    if (answer.answered_question !== answer.question) {
      shown.push(el("p", { class: "remark" }, `Looked up: ${safe(answer.answered_question)}`));
    }
    if (answer.outcome === "not_found") {
      shown.push(el("p", { class: "reason" }, safe(answer.reason)), nearest(answer));
    } else {
      shown.push(statements(answer));
    }
    const remarks = answer.remarks.filter((_, i) => !isShown(answer, i));
    shown.push(remarks.map((text) => el("p", { class: "remark" }, safe(text))));
    if (answer.outcome !== "not_found") shown.push(sources(answer));
    shown.push(searched(answer));
    this.body.replaceChildren(...shown.flat().filter((one) => one !== null));
  }
}

function label(answer) {
  const opening = answer.openings.join(" ").replace(/:$/, "");
  return el("p", { class: "label" }, opening || TITLES[answer.outcome]);
}

function disagreement(answer) {
  return answer.notes.find((note) => note.kind === "disagree")?.values ?? null;
}

// A remark that is drawn, and need not be said as well.
function isShown(answer, index) {
  const rest = answer.notes.filter((note) => !OPENINGS.includes(note.kind));
  return rest[index]?.kind === "disagree";
}

function statements(answer) {
  const sides = disagreement(answer);
  const made = answer.statements.map((one) => [one, statementOf(one, answer.places)]);
  const isSide = (statement, marker) => statement.citations.some((one) => one.marker === Number(marker));
  if (sides === null) return el("div", { class: "statements" }, made.map(([, one]) => one));
  const first = made.find(([one]) => isSide(one, sides.first));
  const second = made.find(([one]) => isSide(one, sides.second) && one !== first?.[0]);
  if (!first || !second) return el("div", { class: "statements" }, made.map(([, one]) => one));
  const card = ([statement, shown], value, marker) => {
    const citation = statement.citations.find((one) => one.marker === Number(marker));
    const when = answer.places[marker]?.when;
    return el(
      "div",
      { class: "side" },
      el("p", { class: "value" }, safe(value)),
      shown,
      el("p", { class: "side-place" }, [when, oneLine(citation.title ?? citation.path)].filter(Boolean).join(" · ")),
    );
  };
  const order = answer.remarks[answer.notes.filter((n) => !OPENINGS.includes(n.kind))
    .findIndex((note) => note.kind === "disagree")];
  const rest = made.filter((one) => one !== first && one !== second).map(([, one]) => one);
  return el(
    "div",
    { class: "statements" },
    el(
      "section",
      { class: "conflict", "aria-label": "The sources disagree" },
      el("p", { class: "conflict-title" }, "The sources disagree"),
      el("div", { class: "sides" }, card(first, sides.one, sides.first), card(second, sides.other, sides.second)),
      el("p", { class: "remark" }, safe(order.replace(/^.*\]\. /s, ""))),
    ),
    rest,
  );
}

function sourceItem(citation, answer, withQuote) {
  const place = answer.places[citation.marker];
  const facts = [place?.when, placeOf(citation)].filter(Boolean).join(" · ");
  return el(
    "li",
    {},
    mark(citation, place?.when),
    el(
      "div",
      { class: "source" },
      withQuote ? el("p", { class: "quote" }, `“${safe(citation.quote)}”`) : null,
      el(
        "p",
        { class: "facts" },
        citation.title ? el("span", { class: "title" }, oneLine(citation.title)) : null,
        citation.title ? " · " : "",
        facts,
      ),
      place?.dates ? el("p", { class: "facts" }, place.dates) : null,
      citation.also.length ? el("p", { class: "facts" }, `also in ${citation.also.map(oneLine).join(", ")}`) : null,
    ),
  );
}

function shownCitations(answer) {
  const found = new Map();
  for (const one of answer.statements.flatMap((statement) => statement.citations)) found.set(one.marker, one);
  return [...found.values()].sort((a, b) => a.marker - b.marker);
}

function sources(answer) {
  const list = shownCitations(answer).map((one) => sourceItem(one, answer, false));
  return el("ol", { class: "sources", "aria-label": "Sources" }, list);
}

function nearest(answer) {
  if (!answer.nearest.length) return null;
  return el(
    "section",
    { class: "nearest", "aria-label": "The nearest that was found" },
    el("p", { class: "nearest-title" }, "The nearest that was found"),
    el("ol", { class: "sources" }, answer.nearest.map((one) => sourceItem(one, answer, true))),
  );
}

function percent(value) {
  return `${Math.round(100 * value)} %`;
}

function searched(answer) {
  const trace = answer.searched;
  const facts = [`Answered by ${answer.engine === "extractive" ? "quoting (no model)" : safe(answer.engine)}`];
  if (answer.confidence !== null) facts.push(`confidence ${percent(answer.confidence)}`);
  const parts = [el("p", { class: "facts" }, facts.join(" · "))];
  if (trace !== null) {
    parts.push(el("p", { class: "part" }, "Looked up"));
    parts.push(el("ul", {}, trace.lookups.map((one) => el("li", {}, oneLine(one)))));
    for (const reading of trace.read) {
      parts.push(el("p", { class: "part" }, `Read for “${oneLine(reading.question)}”`));
      const rows = reading.units.map((unit) =>
        el(
          "li",
          {},
          el("meter", { min: 0, max: 1, value: unit.chance, "aria-label": "Chance that it answers" }),
          el("span", { class: "chance" }, percent(unit.chance)),
          el("a", { href: hashOf(unit) }, oneLine(unit.text)),
          el("span", { class: "facts" }, ` ${oneLine(unit.path)}`),
        ),
      );
      parts.push(el("ol", { class: "units" }, rows));
    }
  }
  parts.push(el("p", { class: "part" }, `Passages found: ${answer.hits.length}`));
  parts.push(
    el(
      "ol",
      { class: "hits" },
      answer.hits.map((hit) =>
        el(
          "li",
          {},
          el("a", { href: hashOf(hit) }, `${oneLine(hit.path)}`),
          el("span", { class: "facts" }, ` · score ${hit.score.toFixed(3)}`),
          el("p", { class: "facts passage" }, oneLine(hit.text)),
        ),
      ),
    ),
  );
  return el("details", { class: "searched" }, el("summary", {}, "What was searched"), parts);
}
