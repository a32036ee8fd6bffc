// The course in JupyterLab: the start page as a tab, and a button "Check my unit" in notebooks of work/.
//
// JupyterLab loads a prebuilt extension as a module federation container: an object with init(shareScope) and
// get(module).  A bundler writes such containers; this one is small enough to be written by hand, so what is
// read here is what runs, and nobody needs a build step.  What JupyterLab shares (its tokens and widgets) is
// taken from the share scope.
"use strict";
(() => {
  const NAME = "kubernetes-inside-out";
  const UNIT = /^(?:.*\/)?work\/(\d\d_[a-z0-9_]+)\/[^/]+\.ipynb$/;
  const CANNOT_STOP = "Nothing reaches this cell: choose Kernel, Restart Kernel; what you wrote stays.";
  let scope = null;

  async function shared(name) {
    const versions = Object.values(scope[name]);
    const one = versions.find((version) => version.loaded) || versions[0];
    return (await one.get())();
  }

  async function plugin() {
    const [apputils, notebook, lumino, services, coreutils] = await Promise.all(
      ["@jupyterlab/apputils", "@jupyterlab/notebook", "@lumino/widgets", "@jupyterlab/services",
        "@jupyterlab/coreutils"].map(shared)
    );
    const { ICommandPalette, IThemeManager, MainAreaWidget, showDialog, Dialog } = apputils;
    const { INotebookTracker } = notebook;
    const { Widget } = lumino;
    const { ServerConnection } = services;
    const { PageConfig, URLExt } = coreutils;

    function activate(app, tracker, palette, themes) {
      const settings = app.serviceManager.serverSettings;
      // A static site has no server that could grade: its checks run in the page, its start page is a file.
      const isSite = PageConfig.getOption("courseSite") === "true";
      const base = isSite ? PageConfig.getBaseUrl() : URLExt.join(settings.baseUrl, "course/");
      const dark = () => (themes && themes.theme && !themes.isLight(themes.theme) ? "dark" : "light");

      // ---------------------------------------------------------------- the start page

      function frame(id, title, path) {
        const content = new Widget({ node: document.createElement("div") });
        const inner = document.createElement("iframe");
        inner.title = title;
        inner.src = `${URLExt.join(base, path)}?theme=${dark()}`;
        inner.style.cssText = "width: 100%; height: 100%; border: none";
        content.node.append(inner);
        content.node.style.overflow = "hidden";
        const widget = new MainAreaWidget({ content });
        widget.id = id;
        widget.title.label = title;
        widget.title.closable = true;
        widget.toolbar.hide();
        widget.reload = () => { inner.src = `${URLExt.join(base, path)}?theme=${dark()}`; };
        return widget;
      }

      const open = new Map();
      function show(id, title, path, activateIt = true) {
        let widget = open.get(id);
        if (!widget || widget.isDisposed) {
          widget = frame(id, title, path);
          open.set(id, widget);
          app.shell.add(widget, "main", { activate: activateIt });
        } else {
          widget.reload();
        }
        if (activateIt) app.shell.activateById(id);
        return widget;
      }
      const start = (activateIt = true) => show("course-start", "Start", isSite ? "index.html" : "", activateIt);

      if (themes) {
        themes.themeChanged.connect(() => {
          for (const widget of open.values()) if (!widget.isDisposed) widget.reload();
        });
      }

      window.addEventListener("message", (event) => {
        if (event.origin !== window.location.origin || !event.data || event.data.course !== "open") return;
        const path = String(event.data.path);
        if (UNIT.test(path)) app.commands.execute("docmanager:open", { path });
      });

      app.commands.addCommand("course:start", { label: "Kubernetes Inside Out: Start", execute: () => start() });
      if (palette) palette.addItem({ command: "course:start", category: "Course" });

      void app.restored.then(() => {
        const followed = new URLSearchParams(window.location.search).get("path");
        if (PageConfig.getOption("treePath") || followed) return; // somebody follows a link to a notebook
        const others = [];
        for (const widget of app.shell.widgets("main")) {
          if (widget.id.startsWith("launcher") || widget.title.label === "Launcher") others.push(widget);
          else if (widget.id !== "course-start") return; // somebody goes on where they were
        }
        start();
        others.forEach((widget) => widget.close());
      });

      // ---------------------------------------------------------------- keys in controls

      // A notebook in command mode takes letters and arrows for itself, also from a list or a slider in an
      // output: B in a list of choices would insert a cell.  Whoever is in a control means the control.
      document.addEventListener("focusin", (event) => {
        const target = event.target;
        if (target instanceof Element && target.closest(".jp-OutputArea .jupyter-widgets")) {
          target.setAttribute("data-lm-suppress-shortcuts", "true");
        }
      });

      // ---------------------------------------------------------------- the stop button, on a static site

      // A cell that has run for a second asks, through JupyterLite's service worker, whether it was stopped
      // (course/site/static/python/interrupt.mjs).  Clients of kernels have names; a cell asks by its client's.
      function answerCells() {
        const waiting = new Set();
        const kernelOf = (panel) => panel.sessionContext.session && panel.sessionContext.session.kernel;
        const channel = new BroadcastChannel("/sw-api.v1");
        channel.addEventListener("message", ({ data }) => {
          if (!String(data.pathname).endsWith("/api/stdin/course-interrupt")) return;
          const { browsingContextId, requestId } = data;
          const isOurs = (panel) => kernelOf(panel) && kernelOf(panel).clientId === browsingContextId;
          if (!tracker.find(isOurs)) return; // another tab of the site has it
          const response = { interrupted: waiting.delete(browsingContextId) };
          channel.postMessage({ response, browsingContextId, requestId });
        });
        app.commands.commandExecuted.connect((_, { id }) => {
          const panel = tracker.currentWidget;
          if (id !== "notebook:interrupt-kernel" || !panel || !kernelOf(panel)) return;
          const { clientId } = kernelOf(panel);
          waiting.add(clientId);
          setTimeout(() => {
            const isStill = waiting.delete(clientId) && kernelOf(panel) && kernelOf(panel).status === "busy";
            if (isStill) void showDialog({ title: "The cell goes on", body: CANNOT_STOP, buttons: [Dialog.okButton()] });
          }, 5000);
        });
      }
      if (isSite) answerCells();

      // ---------------------------------------------------------------- "Check my unit"

      function summary(result) {
        const body = document.createElement("div");
        const sum = document.createElement("p");
        sum.textContent = `${result.points} of ${result.most} points`;
        sum.style.fontWeight = "600";
        const list = document.createElement("ul");
        for (const test of result.tests) {
          const row = document.createElement("li");
          row.textContent = `${test.id}: ${test.points} of ${test.most}`;
          list.append(row);
        }
        body.append(sum, list);
        for (const note of result.notes) {
          const line = document.createElement("p");
          line.textContent = note;
          body.append(line);
        }
        return new Widget({ node: body });
      }

      async function told(unit, result) {
        const chosen = await showDialog({
          title: `Unit ${unit.slice(0, 2)} is checked`,
          body: summary(result),
          buttons: [Dialog.cancelButton({ label: "Close" }), Dialog.okButton({ label: "Read the report" })],
        });
        const path = isSite ? `report-${unit}.html` : `report/${unit}`;
        if (chosen.button.accept) show(`course-report-${unit}`, `Report ${unit.slice(0, 2)}`, path);
      }

      async function askServer(unit) {
        const answer = await ServerConnection.makeRequest(
          URLExt.join(base, "check", unit), { method: "POST" }, settings
        );
        const result = await answer.json();
        if (!answer.ok) throw new Error(result.message);
        return result;
      }

      // Runs all cells and reads what the test cells returned; the kernel keeps the points and reports.
      async function runHere(panel) {
        await app.commands.execute("notebook:run-all-cells");
        // That ends at the first error, while later cells still run; the kernel answers this after them.
        await panel.sessionContext.session.kernel.requestKernelInfo();
        const tests = [];
        let waiting = false;
        for (const cell of panel.content.model.cells) {
          waiting = waiting || (cell.type === "code" && !cell.executionCount && cell.sharedModel.getSource().trim());
          const grading = cell.getMetadata("nbgrader");
          if (cell.type !== "code" || !grading || !grading.grade) continue;
          const outputs = cell.outputs.toJSON();
          const value = outputs.find((output) => output.output_type === "execute_result");
          const points = value ? Number(value.data["text/plain"]) : 0;
          tests.push({ id: grading.grade_id, points: points || 0, most: grading.points });
        }
        const sum = (what) => tests.reduce((all, test) => all + test[what], 0);
        const notes = ["These are the cases that you can see. The installed course grades in a sandbox, with more."];
        if (waiting) notes.unshift("A cell ended with an error, and the cells below it did not run: mend it first.");
        return { points: sum("points"), most: sum("most"), tests, notes };
      }

      async function check(panel, button) {
        const unit = UNIT.exec(panel.context.path)[1];
        button.disabled = true;
        button.textContent = "Checking …";
        try {
          const result = isSite ? await runHere(panel) : null;
          await panel.context.save();
          await told(unit, result || (await askServer(unit)));
        } catch (problem) {
          await showDialog({
            title: "The unit could not be checked",
            body: problem.message,
            buttons: [Dialog.okButton({ label: "Close" })],
          });
        } finally {
          button.disabled = false;
          button.textContent = "Check my unit";
        }
      }

      app.docRegistry.addWidgetExtension("Notebook", {
        createNew(panel, context) {
          const widget = new Widget();
          widget.addClass("jp-Toolbar-item");
          const button = document.createElement("button");
          button.className = "jp-ToolbarButtonComponent course-check";
          button.style.cssText = "padding: 0 8px; font-weight: 600; color: var(--jp-ui-font-color1); cursor: pointer";
          button.textContent = "Check my unit";
          button.title = isSite ? "Run all cells and add the points up" : "Submit this unit and have it graded now";
          button.addEventListener("click", () => void check(panel, button));
          widget.node.append(button);
          const place = () => (UNIT.test(context.path) ? widget.show() : widget.hide());
          context.pathChanged.connect(place);
          place();
          panel.toolbar.insertBefore("spacer", "course-check", widget);
          return widget;
        },
      });
    }

    return {
      id: `${NAME}:lab`,
      description: "The start page of the course, and a button that checks a unit.",
      autoStart: true,
      optional: [INotebookTracker, ICommandPalette, IThemeManager],
      activate,
    };
  }

  const container = {
    async init(shareScope) {
      scope = shareScope;
    },
    async get(module) {
      if (module !== "./extension") throw new Error(`${NAME} has no ${module}`);
      const found = await plugin();
      return () => ({ __esModule: true, default: found });
    },
  };
  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB[NAME] = container;
})();
