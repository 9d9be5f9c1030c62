"use strict";

// The state of the page is its query: `dose=3&days=7&...`. One question at a time is on the way to the
// server; of what is moved meanwhile only the newest is asked afterwards.

const at = (id) => document.getElementById(id);
const form = at("controls");
const sliders = [...form.querySelectorAll("input[type=range]")];
const toggles = [...at("missed").querySelectorAll("input")];
const counts = at("counts");
const choices = [...form.querySelectorAll("input[type=radio]")];
// An answer takes some 0.06 ms for each virtual patient; a busy machine gets ten times as long.
const PATIENCE_MS = 10000 + 0.6 * Number(document.body.dataset.subjects);
// Browsers refuse to keep more than a few places a second in the history.
const REST_MS = 250;

/** What the sliders are set to, by key; absent ones stand at their default, or at the patients' own value. */
let values = {};
/** Values that the patients have themselves, by key. */
let own = {};
/** The query as the address has it, until a control is moved: the server reports what is wrong with it. */
let asGiven = "";
/** Whether the answer that is shown is that of measured counts. */
let isOfCounts = false;
let onItsWay = false;
let isWanted = false;

const isOwn = (slider) => Boolean(slider.dataset.own) && !(slider.id in values);

function query() {
  if (asGiven) return asGiven;
  const set = sliders.filter((slider) => !isOwn(slider));
  const parts = set.map((slider) => `${slider.id}=${values[slider.id] ?? Number(slider.defaultValue)}`);
  const chosen = choices.filter((choice) => choice.checked && choice.value);
  parts.push(...chosen.map((choice) => `${choice.name}=${encodeURIComponent(choice.value)}`));
  const missed = toggles.filter((t) => t.checked).map((t) => t.value);
  if (missed.length) parts.push(`miss=${missed.join(",")}`);
  const typed = counts.value.trim().replace(/\s*([:,])\s*/g, "$1");
  if (typed) parts.push(`counts=${encodeURIComponent(typed).replaceAll("%3A", ":").replaceAll("%2C", ",")}`);
  return parts.join("&");
}

/** Whether a slider can show a value as written in an address. */
function canShow(slider, text) {
  return text.trim() !== "" && Number(text) >= Number(slider.min) && Number(text) <= Number(slider.max);
}

/** Sets the controls to a query; a control that cannot show its setting stands at its default. */
function restore(text) {
  const wanted = new URLSearchParams(text);
  const given = sliders.filter((slider) => canShow(slider, wanted.get(slider.id) ?? ""));
  values = Object.fromEntries(given.map((slider) => [slider.id, wanted.get(slider.id)]));
  for (const choice of choices) choice.checked = choice.value === wanted.get(choice.name);
  const missed = (wanted.get("miss") ?? "").split(",");
  for (const toggle of toggles) toggle.checked = missed.includes(toggle.value);
  counts.value = (wanted.get("counts") ?? "").replace(/\s*([:,])\s*/g, "$1 ");
  describe();
}

/** Puts each control where it stands, and says so beside it. */
function describe() {
  for (const slider of sliders) {
    const value = Number(values[slider.id] ?? own[slider.id] ?? slider.defaultValue);
    const isKnown = slider.id in values || slider.id in own || slider.defaultValue !== "";
    if (isKnown) slider.value = value;
    const digits = Number(Math.abs(value) < 1 ? value.toPrecision(3) : value.toFixed(2));
    slider.disabled = isOfCounts && slider.id === "baseline";
    const shown = isKnown ? `${digits} ${slider.dataset.unit}`.trim() : "…";
    const words = slider.disabled ? "not used" : shown;
    at(`${slider.id}-value`).textContent = words;
    slider.setAttribute("aria-valuetext", words);
    const back = at(`${slider.id}-own`);
    if (back) back.hidden = isOwn(slider);
  }
  const [dose, days] = ["dose", "days"].map((id) => Number(at(id).value));
  for (const toggle of toggles) {
    const isDue = dose > 0 && Number(toggle.value) <= days;
    toggle.closest("label").hidden = !isDue;
    toggle.checked &&= isDue;
  }
  at("missed").hidden = dose === 0;
}

/** Width of the figure in mm, in steps of 5, so that its letters have their reading size. */
function width() {
  const mm = (at("figure").clientWidth * 25.4) / 96;
  return Math.min(260, Math.max(80, 5 * Math.floor(mm / 5)));
}

function state(name) {
  document.body.dataset.state = name;
  at("answer").setAttribute("aria-busy", String(name === "busy"));
}

function ask() {
  state("busy");
  isWanted = true;
  if (!onItsWay) send();
}

async function send() {
  onItsWay = true;
  isWanted = false;
  const begun = performance.now();
  let show;
  try {
    const response = await fetch(`answer?${["mend=yes", `width=${width()}`, query()].filter(Boolean).join("&")}`, {
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const reply = await response.json();
    const computing = /dur=([\d.]+)/.exec(response.headers.get("server-timing") ?? "");
    const took = { all: performance.now() - begun, computing: computing && Number(computing[1]) };
    show = () => (response.ok ? showAnswer(reply, took) : showRefusal(reply.error));
  } catch {
    show = () => showRefusal("thrombo does not answer: is it still running?");
  }
  onItsWay = false;
  show();
  if (isWanted) send();
}

function showRefusal(words) {
  at("refusal").textContent = words;
  at("refusal").hidden = false;
  at("summary").textContent = "This view has no answer.";
  if (!isWanted) state("error");
}

function showNotes(notes) {
  at("notes").textContent = notes.join(" ");
  at("notes").hidden = notes.length === 0;
}

function showAnswer(reply, took) {
  // The controls show what was computed, which is not what a faulty address says.
  if (asGiven && !isWanted) {
    const typed = counts.value;
    restore(reply.query);
    // Counts that are refused stay to be corrected.
    if (reply.counts_note) counts.value = typed;
  }
  showNotes(reply.notes ?? []);
  at("counts-note").textContent = reply.counts_note ?? "";
  at("counts-note").hidden = !reply.counts_note;
  at("figure").innerHTML = reply.figure;
  at("refusal").hidden = true;
  at("label").textContent = reply.label;
  at("numbers").replaceChildren(...reply.numbers.map(table));
  at("caption").textContent = reply.caption;
  for (const id of ["window", "forecast", "simulate", "scenario"]) {
    at(id).textContent = (reply[id] ?? "").trimEnd();
    at(id).closest(".copy").hidden = !reply[id];
  }
  const computing = took.computing === null ? "" : `, ${took.computing.toFixed(0)} ms of it computing and drawing`;
  at("time").textContent = `Answered in ${took.all.toFixed(0)} ms${computing}.`;
  at("summary").textContent = reply.sentence;
  if (isWanted) return;
  own = reply.own;
  isOfCounts = new URLSearchParams(reply.query).has("counts");
  for (const choice of choices) choice.checked = choice.value === reply.choices[choice.name];
  describe();
  state("ready");
}

function table({ title, rows }) {
  const of = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
  const table = document.createElement("table");
  table.append(of("caption", title));
  for (const [name, value] of rows) {
    const row = table.insertRow();
    row.append(Object.assign(of("th", name), { scope: "row" }), of("td", value));
  }
  return table;
}

let resting = 0;

/** Puts the state into the address when the controls have come to rest: a place in the history for each rest. */
function remember() {
  clearTimeout(resting);
  const address = `?${query()}`;
  resting = setTimeout(() => location.search === address || history.pushState(null, "", address), REST_MS);
}

function move(control) {
  asGiven = "";
  if (control.type === "range") values[control.id] = control.value;
  describe();
  remember();
  ask();
}

let typing = 0;

/** Asks when typing has come to rest; half a list of counts is no question. */
function type() {
  asGiven = "";
  state("busy");
  clearTimeout(typing);
  typing = setTimeout(typed, REST_MS);
}

function typed() {
  clearTimeout(typing);
  typing = 0;
  remember();
  ask();
}

function load() {
  clearTimeout(resting);
  clearTimeout(typing);
  asGiven = location.search.slice(1);
  restore(asGiven);
  ask();
}

form.addEventListener("input", (event) => (event.target === counts ? type() : move(event.target)));
// Enter, or leaving the field.
counts.addEventListener("change", () => typing && typed());
form.addEventListener("submit", (event) => event.preventDefault());
for (const slider of sliders.filter((s) => s.dataset.own)) {
  at(`${slider.id}-own`).addEventListener("click", () => {
    asGiven = "";
    delete values[slider.id];
    describe();
    remember();
    slider.focus();
    ask();
  });
}
at("reset").addEventListener("click", () => {
  history.pushState(null, "", location.pathname);
  load();
});
at("show").addEventListener("click", () => {
  const isShown = at("equivalent").hidden;
  at("equivalent").hidden = !isShown;
  at("show").setAttribute("aria-expanded", String(isShown));
});
for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const before = button.textContent;
    try {
      await navigator.clipboard.writeText(at(button.dataset.copy).textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(at(button.dataset.copy));
      button.textContent = "Selected";
    }
    setTimeout(() => (button.textContent = before), 1500);
  });
}
addEventListener("popstate", load);
let resized = 0;
addEventListener("resize", () => {
  clearTimeout(resized);
  resized = setTimeout(ask, REST_MS);
});
load();
