// Starts Python while JupyterLab loads: lab/index.html has this first, and a kernel takes the worker that it finds.
//
// The kernel's extension makes its worker from a file of its own.  static/python/worker.mjs is that file and a
// begun Python; the first kernel gets it, all later ones start anew.  Pages with isolating headers have another
// kind of worker, and wait.
"use strict";
if (!self.crossOriginIsolated) {
  const Plain = self.Worker;
  let begun = new Plain(new URL("static/python/worker.mjs", document.currentScript.src), { type: "module" });
  self.Worker = class Worker extends Plain {
    constructor(address, options) {
      if (begun && /\/comlink\.worker\.[^/]*$/.test(String(address))) {
        const first = begun;
        begun = null;
        return first;
      }
      super(address, options);
    }
  };
}
