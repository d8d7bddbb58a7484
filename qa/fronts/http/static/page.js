// The page: asks, shows answers as they come, opens what is cited, adds files.

import { el, json, oneLine, safe } from "./dom.js";
import { Turn, tipOf } from "./answer.js";
import { Sources, documentOf } from "./reader.js";

const $ = (id) => document.getElementById(id);
const REMEMBERED = 4; // earlier answers that a question is sent with
const KEPT = 30; // turns that a reload brings back
const READING = 400; // milliseconds between two looks at what is being read
const IDLE = 5000;

const turns = []; // {question, answer}
let asking = null; // the AbortController of the answer that is coming
let generation = null;
let lastMark = null; // where the focus goes back to
let state = null;

const sources = new Sources(addFiles);

// Asking ---------------------------------------------------------------------------------

const question = $("question");
const send = $("send");
const stop = $("stop");
const status = $("status");

function fit() {
  question.style.height = "auto";
  question.style.height = `${Math.min(question.scrollHeight, 180)}px`;
}

question.addEventListener("input", fit);
question.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("ask").requestSubmit();
  }
});
$("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = question.value.trim();
  if (!text || asking) return;
  question.value = "";
  fit();
  ask(text);
});
stop.addEventListener("click", () => asking?.abort());

async function ask(text) {
  $("welcome").hidden = true;
  const turn = new Turn(text);
  $("turns").append(turn.element);
  turn.busy(waiting());
  busy(true);
  asking = new AbortController();
  turn.element.scrollIntoView({ block: "start", behavior: "smooth" });
  const history = turns.slice(-REMEMBERED).map((one) => one.answer);
  try {
    const answer = await events(text, history, turn);
    turn.finish(answer);
    const { hits, searched, ...kept } = answer;
    turns.push({ question: text, answer: { ...kept, hits: [], searched: null } });
    keep();
    tell(summary(answer));
  } catch (error) {
    const isStopped = error.name === "AbortError";
    turn.fail(isStopped ? "Stopped." : safe(sentence(error.message)), isStopped);
    tell(isStopped ? "Stopped." : "There is no answer.");
  } finally {
    asking = null;
    busy(false);
  }
}

async function events(text, history, turn) {
  let response;
  try {
    response = await fetch("/api/ask", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ question: text, history }),
      signal: asking.signal,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("The server cannot be reached. Is qa serve still running?");
  }
  if (!response.ok) {
    const found = await response.json().catch(() => ({}));
    throw new Error(found.error?.message ?? `The server answered ${response.status}.`);
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines.filter(Boolean)) {
      const event = JSON.parse(line);
      if (event.event === "note") turn.note(event.text);
      else if (event.event === "statement") turn.add(event.statement);
      else if (event.event === "error") throw new Error(event.error.message);
      else if (event.event === "answer") return event.answer;
    }
  }
  throw new Error("The answer was cut off. Ask again.");
}

function waiting() {
  const reading = state?.reading;
  return reading ? `Reading the documents (${reading.percent} %)` : "Looking through the documents";
}

function summary(answer) {
  if (answer.outcome === "not_found") return "No answer was found.";
  const count = answer.statements.length;
  const what = count === 1 ? "1 statement" : `${count} statements`;
  return answer.outcome === "perhaps" ? `${what} may answer it.` : `Answered in ${what}.`;
}

function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function tell(text) {
  status.textContent = text;
}

function busy(is) {
  send.hidden = is;
  stop.hidden = !is;
  $("fresh").hidden = is || !turns.length;
  document.body.classList.toggle("asking", is);
  if (is) tell("Looking through the documents …");
  if (!is) question.focus({ preventScroll: true });
}

// What a reload brings back; it goes with the tab.
function keep() {
  try {
    sessionStorage.setItem("turns", JSON.stringify(turns.slice(-KEPT)));
  } catch {
    // a conversation that is too long to be kept goes on all the same
  }
}

function restore() {
  let kept = [];
  try {
    kept = JSON.parse(sessionStorage.getItem("turns") ?? "[]");
  } catch {
    return;
  }
  for (const one of kept) {
    const turn = new Turn(one.question);
    turn.finish(one.answer);
    $("turns").append(turn.element);
    turns.push(one);
  }
  $("welcome").hidden = turns.length > 0;
  $("fresh").hidden = !turns.length;
  $("turns").lastElementChild?.scrollIntoView({ block: "start" });
}

$("fresh").addEventListener("click", () => {
  turns.length = 0;
  keep();
  $("turns").replaceChildren();
  $("welcome").hidden = false;
  $("fresh").hidden = true;
  tell("");
  question.focus();
});

// Citations ------------------------------------------------------------------------------

const tip = $("tip");

function showTip(link) {
  tip.replaceChildren(...tipOf(link));
  tip.hidden = false;
  link.setAttribute("aria-describedby", "tip");
  const at = link.getBoundingClientRect();
  const own = tip.getBoundingClientRect();
  const left = Math.max(8, Math.min(at.left, innerWidth - own.width - 8));
  const above = at.top - own.height - 8;
  tip.style.left = `${left}px`;
  tip.style.top = `${above > 8 ? above : at.bottom + 8}px`;
}

function hideTip() {
  tip.hidden = true;
}

document.addEventListener("mouseover", (event) => {
  const link = event.target.closest?.("a.mark");
  if (link) showTip(link);
});
document.addEventListener("mouseout", (event) => {
  if (event.target.closest?.("a.mark")) hideTip();
});
document.addEventListener("focusin", (event) => {
  if (event.target.matches?.("a.mark:focus-visible")) showTip(event.target);
  else hideTip();
});
document.addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href^="#"]');
  if (!link || link.classList.contains("skip")) return;
  event.preventDefault();
  hideTip();
  lastMark = link;
  go(link.getAttribute("href"));
});

function go(hash) {
  if (location.hash === hash) show();
  else location.hash = hash;
}

// The pane -------------------------------------------------------------------------------

const pane = $("pane");

// What the answer that cites this place cites of this document, with its words.
function cited(place) {
  const isIt = (one) => one.path === place.path && one.start === place.start && one.end === place.end;
  for (const turn of turns.toReversed()) {
    const all = [...turn.answer.statements.flatMap((one) => one.citations), ...turn.answer.nearest];
    if (all.some(isIt)) return all.filter((one) => one.path === place.path);
  }
  return [];
}

let opened = 0;

async function show() {
  const hash = decodeHash();
  opened += 1;
  for (const one of document.querySelectorAll("a.mark")) {
    if (one.getAttribute("href") === location.hash) one.setAttribute("aria-current", "true");
    else one.removeAttribute("aria-current");
  }
  const mine = opened;
  if (hash === null || hash.path === "documents") {
    pane.replaceChildren(...sources.elements());
    pane.setAttribute("aria-label", "Documents");
    document.body.classList.toggle("pane-open", hash !== null);
    sources.draw();
    if (hash !== null) pane.querySelector(".pane-title").focus();
    return;
  }
  document.body.classList.add("pane-open");
  try {
    const found = await json(`/api/document?path=${encodeURIComponent(hash.path)}`);
    if (mine !== opened) return;
    const known = cited(hash);
    const wanted = known.map((one) => ({ ...one, isLead: one.start === hash.start && one.end === hash.end }));
    if (hash.start !== undefined && !wanted.some((one) => one.isLead)) {
      wanted.push({ start: hash.start, end: hash.end, isLead: true });
    }
    const unique = [...new Map(wanted.map((one) => [`${one.start}-${one.end}`, one])).values()];
    pane.replaceChildren(...documentOf(found, unique, closing()));
    pane.setAttribute("aria-label", `Document ${oneLine(found.title ?? found.path)}`);
    const lead = pane.querySelector("mark.lead");
    (lead ?? pane.querySelector(".pane-title")).focus({ preventScroll: true });
    lead?.scrollIntoView({ block: "center" });
  } catch (error) {
    if (mine !== opened) return;
    pane.replaceChildren(
      el("header", { class: "pane-head" }, el("div", { class: "pane-row" }, closing()), el("p", { class: "error" }, safe(error.message))),
    );
  }
}

function decodeHash() {
  if (location.hash.length < 2) return null;
  let text;
  try {
    text = decodeURIComponent(location.hash.slice(1));
  } catch {
    return null;
  }
  const found = /^(.*):(\d+)-(\d+)$/s.exec(text);
  if (!found) return { path: text };
  return { path: found[1], start: Number(found[2]), end: Number(found[3]) };
}

function isNarrow() {
  return matchMedia("(max-width: 899px)").matches;
}

// The way back from a document: to the list, or on a narrow screen to the answer it came from.
function closing() {
  const isAnswer = isNarrow() && lastMark !== null && $("turns").contains(lastMark);
  return el("button", { class: "plain back", type: "button", onclick: isAnswer ? leave : () => go("#documents") }, isAnswer ? "‹ Conversation" : "‹ Documents");
}

function leave() {
  history.pushState(null, "", location.pathname);
  show();
  const back = lastMark?.isConnected && $("turns").contains(lastMark) ? lastMark : question;
  back.focus({ preventScroll: true });
}

sources.close.addEventListener("click", leave);
$("open-sources").addEventListener("click", () => {
  lastMark = $("open-sources");
  sources.load().catch(() => {});
  go("#documents");
});
addEventListener("hashchange", show);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    if (!tip.hidden) hideTip();
    else if (asking) asking.abort();
    else if (decodeHash() !== null) leave();
  } else if (event.key === "/" && !event.target.matches?.("input, textarea")) {
    event.preventDefault();
    question.focus();
  }
});

// Files ----------------------------------------------------------------------------------

const drop = $("drop");

async function addFiles(files) {
  sources.uploads = sources.uploads.filter((one) => one.state === "coming");
  if (isNarrow() || decodeHash() !== null) go("#documents");
  await Promise.all(files.map(addFile));
  poll();
}

async function addFile(file) {
  const upload = { name: file.name, state: "coming", text: "Adding …" };
  sources.uploads.unshift(upload);
  sources.draw();
  try {
    const { path } = await json(`/api/documents/${encodeURIComponent(file.name)}`, { method: "PUT", body: file });
    upload.path = path;
    upload.text = "Added; reading it …";
  } catch (error) {
    upload.state = "refused";
    upload.text = sentence(error.message);
  }
  sources.draw();
}

function holdsFiles(event) {
  return state?.takes_files && event.dataTransfer?.types.includes("Files");
}

addEventListener("dragenter", (event) => {
  if (!holdsFiles(event)) return;
  $("drop-text").textContent = `Drop to add to ${oneLine(state.documents)}`;
  drop.hidden = false;
});
addEventListener("dragover", (event) => {
  event.preventDefault(); // a file that misses does not replace the page
  if (event.dataTransfer) event.dataTransfer.dropEffect = holdsFiles(event) ? "copy" : "none";
});
drop.addEventListener("dragleave", () => { drop.hidden = true; });
addEventListener("drop", (event) => {
  event.preventDefault();
  drop.hidden = true;
  if (holdsFiles(event)) addFiles([...event.dataTransfer.files]);
});

// What the server is at ------------------------------------------------------------------

let timer = null;

async function poll() {
  clearTimeout(timer);
  let wait = IDLE;
  try {
    state = await json("/api/state");
    $("place").title = safe(state.documents);
    $("place").textContent = `${oneLine(state.documents.split(/[\\/]/).pop() || state.documents)} · ${state.engine === "extractive" ? "quoting, no model" : oneLine(state.engine)}`;
    sources.show(state);
    if (state.generation !== generation) {
      generation = state.generation;
      await sources.load();
    }
    settleUploads();
    const busyTurn = document.querySelector('[data-outcome="busy"] .busy');
    if (busyTurn) busyTurn.textContent = waiting();
    const isComing = sources.uploads.some((one) => one.state === "coming");
    if (state.reading !== null || isComing || asking) wait = READING;
  } catch (error) {
    $("place").textContent = error.message;
  }
  timer = setTimeout(poll, document.hidden ? 12 * IDLE : wait);
}

function settleUploads() {
  // A file that was added is done when the list knows it.
  const known = new Set(sources.found.map((one) => one.path));
  const before = sources.uploads.length;
  sources.uploads = sources.uploads.filter((one) => one.state !== "coming" || !known.has(one.path));
  if (sources.uploads.length !== before) sources.draw();
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  sources.load().catch(() => {});
  poll();
});

restore();
show();
poll();
