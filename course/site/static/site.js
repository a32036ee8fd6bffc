// The front door and the reports: reads the learner's progress where JupyterLite keeps files, in this browser.
//
// JupyterLite stores a file as a record in IndexedDB, under its path (the database's name is in lite.py).  The
// page reads progress.json there, and writes it when a saved file is read in.
"use strict";
(() => {
  const DATABASE = "Kubernetes Inside Out";
  const STORE = "files";
  const PATH = "work/progress.json";
  const SECTIONS = ["predictions", "reviews", "checks"];

  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

  async function open() {
    const request = indexedDB.open(DATABASE);
    // Nobody was here before: the store that JupyterLite would make.
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    const database = await done(request);
    if (!database.objectStoreNames.contains(STORE)) {
      database.close();
      throw new Error("this browser's storage is not what JupyterLite makes");
    }
    return database;
  }

  async function inStore(mode, work) {
    const database = await open();
    try {
      return await done(work(database.transaction(STORE, mode).objectStore(STORE)));
    } finally {
      database.close();
    }
  }

  function empty() {
    return { version: 1, ...Object.fromEntries(SECTIONS.map((section) => [section, {}])) };
  }

  async function kept() {
    const record = await inStore("readonly", (store) => store.get(PATH));
    if (!record || !record.content) return empty();
    let content = record.content;
    if (record.format === "base64") content = new TextDecoder().decode(
      Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0)));
    try {
      return { ...empty(), ...(typeof content === "string" ? JSON.parse(content) : content) };
    } catch {
      return empty(); // the course puts such a file aside when it writes
    }
  }

  async function keep(content) {
    const text = `${JSON.stringify(content, null, 1)}\n`;
    const time = new Date().toISOString();
    const record = {
      name: "progress.json", path: PATH, last_modified: time, created: time, content: text, format: "text",
      mimetype: "application/json", type: "file", writable: true, size: text.length,
    };
    await inStore("readwrite", (store) => store.put(record, PATH));
  }

  // ------------------------------------------------------------------ reading in what was saved

  const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

  function read(text) {
    let found = null;
    try { found = JSON.parse(text); } catch { throw new Error("it is not JSON"); }
    if (!isObject(found) || found.version !== 1) throw new Error("it is not a file of progress of version 1");
    for (const section of SECTIONS) {
      const entries = found[section] || {};
      if (!isObject(entries) || !Object.values(entries).every(isObject)) {
        throw new Error(`its ${section} are not what they should be`);
      }
    }
    return found;
  }

  // Which of two entries stays: the same rule as in course/learn/moving.py.
  function isBetter(section, mine, theirs) {
    if (!mine) return true;
    if (section === "predictions" && ("revealed" in mine) !== ("revealed" in theirs)) return "revealed" in theirs;
    const points = (entry) => (typeof entry.points === "number" ? entry.points : -1);
    if (section === "checks") return points(theirs) > points(mine);
    return String(theirs.at || "") > String(mine.at || "");
  }

  async function bringIn(text) {
    const found = read(text);
    const content = await kept();
    let taken = 0;
    for (const section of SECTIONS) {
      for (const [name, entry] of Object.entries(found[section] || {})) {
        if (!isBetter(section, content[section][name], entry)) continue;
        content[section][name] = entry;
        taken += 1;
      }
    }
    await keep(content);
    return taken;
  }

  // ------------------------------------------------------------------ the map

  const say = (text) => { document.getElementById("status").textContent = text; };

  function state(unit, points, most, content) {
    if (points !== null) return points >= most ? "all points" : "checked";
    const said = [...Object.keys(content.predictions), ...Object.keys(content.reviews)];
    return said.some((key) => key.startsWith(`${unit}/`)) ? "begun" : "not begun";
  }

  async function map() {
    const content = await kept();
    let sum = 0;
    let next = null;
    for (const row of document.querySelectorAll("tr[data-unit]")) {
      const unit = row.dataset.unit;
      const most = Number(row.dataset.most);
      const check = content.checks[unit] || {};
      const points = typeof check.points === "number" ? check.points : null;
      sum += points || 0;
      const stands = state(unit, points, most, content);
      row.querySelector("[data-points]").textContent = `${points || 0} / ${most}`;
      row.querySelector("[data-state]").textContent = stands;
      row.querySelector("[data-report]").hidden = points === null;
      // Somebody goes on with what they began last; else the first that is not finished.
      if (stands !== "all points" && (!next || stands !== "not begun")) next = row;
      row.classList.remove("next");
      row.removeAttribute("aria-current");
    }
    document.getElementById("points").textContent = String(Math.round(sum * 100) / 100);
    const go = document.getElementById("go");
    go.hidden = !next;
    if (!next) return;
    next.classList.add("next");
    next.setAttribute("aria-current", "step");
    const link = next.querySelector("a[data-open]");
    go.href = link.href;
    go.dataset.open = link.dataset.open;
    go.textContent = `${sum || next.previousElementSibling ? "Go on" : "Begin"} with ${next.cells[0].textContent} · ${link.textContent}`;
  }

  async function save() {
    const text = JSON.stringify(await kept(), null, 1);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    link.download = "progress.json";
    link.click();
    URL.revokeObjectURL(link.href);
  }

  function start() {
    document.getElementById("save").addEventListener("click", () => {
      save().catch((problem) => say(`Your progress cannot be read: ${problem.message}.`));
    });
    document.getElementById("file").addEventListener("change", async (event) => {
      const file = event.target.files[0];
      if (!file) return;
      try {
        const taken = await bringIn(await file.text());
        await map();
        say(taken ? `${taken} entries were read in.` : "There was nothing new in it.");
      } catch (problem) {
        say(`It was not read in: ${problem.message}.`);
      }
      event.target.value = "";
    });
    // Inside JupyterLab a unit opens in a tab of its own.
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-open]");
      if (!link || window.parent === window || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      window.parent.postMessage({ course: "open", path: link.dataset.open }, window.location.origin);
    });
    const show = () => map().catch((problem) => say(`This browser keeps no progress: ${problem.message}.`));
    document.addEventListener("visibilitychange", () => { if (!document.hidden) show(); });
    show();
  }

  // ------------------------------------------------------------------ a unit's reports

  async function report(place) {
    const check = (await kept()).checks[place.dataset.unit];
    if (!check) return;
    const sum = document.createElement("p");
    sum.textContent = `${check.points} of ${check.most} points.`;
    const parts = [sum];
    for (const [test, text] of Object.entries(check.reports || {}).sort()) {
      const head = document.createElement("h3");
      head.textContent = test;
      const body = document.createElement("pre");
      body.textContent = text;
      body.tabIndex = 0;
      parts.push(head, body);
    }
    place.replaceChildren(...parts);
  }

  const place = document.getElementById("report");
  if (place) report(place).catch((problem) => { place.textContent = `Nothing can be read here: ${problem.message}.`; });
  if (document.getElementById("save")) start();
})();
