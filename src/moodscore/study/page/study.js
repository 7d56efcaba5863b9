"use strict";

const STUDY = JSON.parse(document.getElementById("study").textContent);
const MEMORY = "listening-study-" + STUDY.id;
const LETTERS = ["A", "B"];
const CHOICES = [["A", "the first music"], ["Either", "no preference"], ["B", "the second music"]];
const SCALES = [
  {
    name: "valence", title: "How pleasant was the feeling?", hint: "from unhappy, annoyed or gloomy to happy, pleased or hopeful",
    ends: ["very negative", "neutral", "very positive"], draw: face,
  },
  {
    name: "arousal", title: "How strongly did it stir you?", hint: "from relaxed, calm or sleepy to excited, tense or wide awake",
    ends: ["very calm", "in between", "very excited"], draw: burst,
  },
];

// ---- What a rater is shown: drawn by a generator that the analysis replays.

function fnv1a(text) {
  let state = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) state = Math.imul(state ^ byte, 0x01000193);
  return state >>> 0;
}

function mulberry32(state) {
  return function below(n) {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return Math.floor((((word ^ (word >>> 14)) >>> 0) / 4294967296) * n);
  };
}

function shuffled(values, below) {
  for (let last = values.length - 1; last > 0; last--) {
    const other = below(last + 1);
    [values[last], values[other]] = [values[other], values[last]];
  }
  return values;
}

function assignment(rater) {
  const below = mulberry32(fnv1a([STUDY.id, STUDY.seed, rater].join("|")));
  const items = shuffled(STUDY.items.map((_, place) => place + 1), below);
  const firsts = shuffled(STUDY.items.map((_, place) => place % 2), below);
  return items.map((item, place) => {
    const files = STUDY.items[item - 1].slice();
    return { position: place + 1, item: item, files: firsts[place] ? files.reverse() : files };
  });
}

// ---- State: what was answered and where the rater is; kept by the browser where it may.

const storage = (() => {
  try {
    const found = window.localStorage;
    found.setItem(MEMORY + "-probe", "1");
    found.removeItem(MEMORY + "-probe");
    return found;
  } catch {
    return null;
  }
})();

const blank = () => ({ rater: "", step: 0, ratings: {}, preferences: {} });
let state = recalled();
let steps = state.rater ? stepsOf(state.rater) : [];

function recalled() {
  try {
    return { ...blank(), ...JSON.parse(storage.getItem(MEMORY)) };
  } catch {
    return blank();
  }
}

function remember() {
  try {
    storage?.setItem(MEMORY, JSON.stringify(state));
  } catch {
    // Full: the answers live on in this page.
  }
}

function stepsOf(rater) {
  const parts = assignment(rater).flatMap((shown) => [
    ...shown.files.map((file, place) => ({ view: rateView, shown, file, letter: LETTERS[place] })),
    ...(shown.files.length > 1 ? [{ view: compareView, shown }] : []),
  ]);
  return [...parts, { view: doneView }];
}

function ratingOf(file) {
  return (state.ratings[file] ??= {});
}

// ---- Moving between steps.

function show() {
  const step = state.rater ? steps[state.step] : { view: welcomeView };
  const sheet = document.createElement("div");
  sheet.className = "sheet";
  step.view(sheet, step);
  document.getElementById("main").replaceChildren(sheet);
  sheet.querySelector(".back")?.addEventListener("click", () => go(-1));
  showProgress(step);
  window.scrollTo(0, 0);
  sheet.querySelector("h1").focus({ preventScroll: true });
}

function go(by) {
  const next = state.step + by;
  if (next < 0) return;
  state.step = next;
  remember();
  show();
}

function showProgress(step) {
  const count = STUDY.items.length;
  const bar = document.getElementById("progress");
  const where = step.shown ? "Video " + step.shown.position + " of " + count : "Finished";
  bar.hidden = !state.rater;
  bar.max = Math.max(steps.length - 1, 1);
  bar.value = state.step;
  bar.setAttribute("aria-valuetext", where);
  document.getElementById("memory").hidden = storage !== null;
  const who = document.getElementById("whoami");
  who.hidden = !state.rater;
  who.querySelector("strong").textContent = state.rater;
}

function startOver() {
  if (!window.confirm("This removes all answers of " + state.rater + " from this device. Go on?")) return;
  state = blank();
  steps = [];
  remember();
  show();
}

function fill(sheet, name) {
  sheet.append(document.getElementById(name).content.cloneNode(true));
  return (selector) => sheet.querySelector(selector);
}

function title(heading, small, text) {
  const above = document.createElement("small");
  above.textContent = small;
  heading.replaceChildren(above, text);
}

// A form that says what is missing and goes to it, or goes on.
function guide(form, missing) {
  const complaint = form.querySelector(".complaint");
  form.addEventListener("change", () => (complaint.textContent = ""));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const wanted = missing();
    complaint.textContent = wanted ? wanted.say : "";
    if (wanted) wanted.field?.focus();
    else go(1);
  });
}

// ---- The steps.

function welcomeView(sheet) {
  const find = fill(sheet, "welcome");
  const count = STUDY.items.length;
  const compared = STUDY.items[0].length > 1;
  find("[data-count]").textContent =
    count + " short video" + (count > 1 ? "s" : "") + (compared ? ", each with two kinds of music" : "");
  find("[data-compared]").hidden = !compared;
  const form = find("form");
  guide(form, () => {
    const rater = form.rater.value.trim().replace(/\s+/g, " ").normalize("NFC");
    if (!rater) return { say: "Please enter a name or code.", field: form.rater };
    if (!form.consent.checked) return { say: "Please tick the box if you agree to take part.", field: form.consent };
    state.rater = rater;
    steps = stepsOf(rater);
    state.step = -1; // going on leads to the first
    return null;
  });
}

function rateView(sheet, step) {
  const find = fill(sheet, "rate");
  const alone = step.shown.files.length === 1;
  title(find("h1"), "Video " + step.shown.position + " of " + STUDY.items.length, alone ? "Watch and listen" : "Music " + step.letter);
  find(".back").hidden = state.step === 0;
  const rating = ratingOf(step.file);
  for (const scale of SCALES) find("[data-scales]").append(scaleField(scale, rating));
  const lock = { locked: !rating.played, failed: false };
  const unlock = () => {
    lock.locked = false;
    for (const field of sheet.querySelectorAll("fieldset")) field.disabled = lock.failed;
  };
  if (lock.locked) for (const field of sheet.querySelectorAll("fieldset")) field.disabled = true;
  watch(find("video"), find(".gate"), step.file, rating, lock, unlock);
  guide(find("form"), () => {
    if (lock.failed) return null;
    if (lock.locked) return { say: "Please watch the video first.", field: find("video") };
    const open = SCALES.find((scale) => !rating[scale.name]);
    return open && { say: "Please answer both questions.", field: find('input[name="' + open.name + '"]') };
  });
}

// Lets a video be rated once enough of it was played, however the rater moved about in it.
function watch(video, gate, file, rating, lock, unlock) {
  const say = (text) => {
    const line = gate.querySelector(".say");
    if (line.textContent !== text) line.textContent = text;
  };
  const update = () => {
    if (lock.failed) return;
    const share = Math.min(playedSeconds(video) / video.duration / STUDY.playedShare, 1) || 0;
    gate.querySelector(".meter span").style.width = (rating.played ? 100 : 100 * share) + "%";
    if (share === 1 && !rating.played) {
      rating.played = true;
      remember();
      unlock();
    }
    const silent = video.muted || video.volume === 0;
    say(silent ? "The sound is off. Please turn it on." : rating.played ? "You can answer now." : "Watch the video, then answer.");
  };
  for (const event of ["timeupdate", "pause", "ended", "volumechange", "loadedmetadata"]) video.addEventListener(event, update);
  video.addEventListener("error", () => {
    lock.failed = true;
    unlock();
    say("This video cannot be played here. Please go on to the next one.");
  });
  video.src = file;
  update();
}

function playedSeconds(video) {
  let seconds = 0;
  for (let k = 0; k < video.played.length; k++) seconds += video.played.end(k) - video.played.start(k);
  return seconds;
}

function scaleField(scale, rating) {
  const field = document.createElement("fieldset");
  const legend = field.appendChild(document.createElement("legend"));
  const hint = document.createElement("small");
  hint.textContent = scale.hint;
  legend.append(scale.title, hint);
  const row = field.appendChild(document.createElement("div"));
  row.className = "scale";
  for (let score = 1; score <= 9; score++) {
    const words = { 1: scale.ends[0], 5: scale.ends[1], 9: scale.ends[2] }[score];
    const label = row.appendChild(option(scale.name, String(score), rating[scale.name] === score));
    const mark = label.querySelector(".mark");
    mark.append(scale.draw((score - 5) / 4), String(score));
    if (words) label.querySelector("input").setAttribute("aria-label", score + ", " + words);
    label.querySelector("input").addEventListener("change", () => {
      rating[scale.name] = score;
      rating.at = new Date().toISOString();
      remember();
    });
  }
  const ends = field.appendChild(document.createElement("p"));
  ends.className = "ends";
  ends.setAttribute("aria-hidden", "true");
  for (const words of scale.ends) ends.appendChild(document.createElement("span")).textContent = words;
  return field;
}

function option(name, value, checked) {
  const label = document.createElement("label");
  const input = label.appendChild(document.createElement("input"));
  Object.assign(input, { type: "radio", name: name, value: value, checked: checked });
  label.appendChild(document.createElement("span")).className = "mark";
  return label;
}

function compareView(sheet, step) {
  const find = fill(sheet, "compare");
  const { position, item, files } = step.shown;
  title(find("h1"), "Video " + position + " of " + STUDY.items.length, "Music A and music B");
  files.forEach((file, place) => {
    const figure = find(".pair").appendChild(document.createElement("figure"));
    figure.appendChild(document.createElement("figcaption")).textContent = LETTERS[place];
    const video = figure.appendChild(document.createElement("video"));
    Object.assign(video, { controls: true, playsInline: true, preload: "metadata", src: file });
    video.setAttribute("aria-label", "Music " + LETTERS[place]);
  });
  const chosen = state.preferences[item]?.choice;
  for (const [choice, words] of CHOICES) {
    const label = find(".options").appendChild(option("preferred", choice, choice === chosen));
    const letter = document.createElement("b");
    letter.textContent = choice;
    label.querySelector(".mark").append(letter, words);
    label.querySelector("input").addEventListener("change", () => {
      state.preferences[item] = { choice: choice, at: new Date().toISOString() };
      remember();
    });
  }
  guide(find("form"), () =>
    state.preferences[item] ? null : { say: "Please choose A, B or either.", field: find('input[name="preferred"]') },
  );
}

function doneView(sheet) {
  const find = fill(sheet, "done");
  const count = STUDY.items.length;
  find("[data-summary]").textContent = count === 1 ? "That was the video." : "Those were all " + count + " videos.";
  find(".save").addEventListener("click", () => {
    save(answersFile(), "answers-" + STUDY.id + "-" + fnv1a(state.rater).toString(16) + ".csv");
    find("[data-saved]").textContent = "The file is among your downloads. You can save it again at any time.";
  });
}

// ---- The answers as a file: RFC 4180, UTF-8, one row an answer.

function answers() {
  return assignment(state.rater).flatMap(({ position, item, files }) => {
    const common = { study_id: STUDY.id, seed: STUDY.seed, rater: state.rater, position: position, item: item };
    const pair = { file_a: files[0], file_b: files[1] };
    const rated = files
      .map((file) => ({ file: file, ...state.ratings[file] }))
      .filter((rating) => SCALES.every((scale) => rating[scale.name]))
      .map(({ at, ...rating }) => ({ ...common, answer: "rating", answered_at: at, ...rating }));
    const choice = state.preferences[item];
    return choice
      ? [...rated, { ...common, answer: "preference", answered_at: choice.at, preferred: choice.choice, ...pair }]
      : rated;
  });
}

function answersFile() {
  const cell = (value) => (/[",\r\n]/.test(value) ? '"' + value.replaceAll('"', '""') + '"' : value);
  const rows = answers().map((answer) => STUDY.columns.map((name) => String(answer[name] ?? "")));
  return [STUDY.columns, ...rows].map((row) => row.map(cell).join(",") + "\r\n").join("");
}

function save(text, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

// ---- Drawings: a face for valence, a star for arousal; `x` runs from -1 to 1.

function drawing(...shapes) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 32 32");
  svg.setAttribute("aria-hidden", "true");
  for (const [name, attributes] of shapes) {
    const shape = svg.appendChild(document.createElementNS(space, name));
    const stroke = { fill: "none", stroke: "currentColor", "stroke-width": 1.6, "stroke-linecap": "round", "stroke-linejoin": "round" };
    for (const [key, value] of Object.entries({ ...stroke, ...attributes })) shape.setAttribute(key, value);
  }
  return svg;
}

function face(x) {
  const eye = (cx) => ["circle", { cx: cx, cy: 13, r: 1.5, fill: "currentColor", stroke: "none" }];
  const ends = 20.5 - 1.5 * x;
  const mouth = "M10.5 " + ends + " Q16 " + (ends + 6.5 * x) + " 21.5 " + ends;
  return drawing(["circle", { cx: 16, cy: 16, r: 13 }], eye(11.5), eye(20.5), ["path", { d: mouth }]);
}

function burst(x) {
  const strength = (x + 1) / 2;
  const spikes = 10;
  const corners = [];
  for (let k = 0; k < 2 * spikes; k++) {
    const radius = k % 2 ? 4 + 1.5 * strength : 4.5 + 9.5 * strength;
    const angle = (Math.PI * k) / spikes;
    corners.push((16 + radius * Math.sin(angle)).toFixed(2) + "," + (16 - radius * Math.cos(angle)).toFixed(2));
  }
  return drawing(["polygon", { points: corners.join(" ") }]);
}

// One video at a time.
document.addEventListener(
  "play",
  (event) => document.querySelectorAll("video").forEach((video) => video !== event.target && video.pause()),
  true,
);
document.querySelector("#whoami button").addEventListener("click", startOver);
show();
