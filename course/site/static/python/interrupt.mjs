// Stops a cell when the reader presses the stop button, on any server of files.
//
// A running cell fills the worker, so no message reaches it; shared memory would, but browsers give that only
// to pages with special headers.  So Python asks: where it looks for signals it reads what stands here, and a
// cell that has run for a second sends a question that blocks.  JupyterLite's service worker passes it to the
// page, as it does for files (its channel and its paths are in jupyterlite/packages/apputils), and the course's
// extension answers.
const FIRST_MS = 1000;
const EVERY_MS = 400;
const PATIENCE_MS = 3000;
const AGAIN_MS = 20000; // after a page that was too busy to answer
const NEVER = Infinity;
const SIGINT = 2;
const ADDRESS = new URL("../../api/stdin/course-interrupt", import.meta.url);

function ask(session) {
  const question = new XMLHttpRequest();
  question.open("POST", ADDRESS, false);
  question.timeout = PATIENCE_MS;
  question.send(JSON.stringify({ browsingContextId: session, data: {} }));
  return JSON.parse(question.response).interrupted === true;
}

// The kernel of `session`, a client of it, as Jupyter's messages name it.
class Signals {
  #session = "";
  #next = NEVER;

  begin(session) {
    this.#session = session;
    this.#next = performance.now() + FIRST_MS;
  }

  end() {
    this.#next = NEVER;
  }

  get 0() {
    if (performance.now() < this.#next) return 0;
    this.#next = NEVER;
    let interrupted = false;
    try {
      interrupted = ask(this.#session);
    } catch (problem) {
      console.warn(`Nobody says whether this cell was stopped: ${problem}`); // the page tells what to do
      if (problem.name === "TimeoutError") this.#next = performance.now() + AGAIN_MS;
      return 0;
    }
    this.#next = performance.now() + EVERY_MS;
    return interrupted ? SIGINT : 0;
  }

  set 0(_) {} // Pyodide says that it has read it
}

const HOOKS = `
import course_signals
from pyodide_kernel import ipython_shell, kernel_instance

def begins(info):
    course_signals.begin(kernel_instance.get_parent()["header"]["session"])

def ends(result):
    course_signals.end()

ipython_shell.events.register("pre_run_cell", begins)
ipython_shell.events.register("post_run_cell", ends)
`;

export function interruptible(python) {
  const signals = new Signals();
  python.registerJsModule("course_signals", {
    begin: (session) => signals.begin(session),
    end: () => signals.end(),
  });
  const names = python.globals.get("dict")();
  python.runPython(HOOKS, { globals: names });
  names.destroy();
  python.setInterruptBuffer(signals);
}
