// Runs a Python program in Pyodide under Node.js: node run.mjs PYODIDE PROGRAM FOLDER; FOLDER is its /work.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [core, program, folder] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${core}/pyodide.mjs`));
const python = await loadPyodide({ indexURL: `${core}/` });
python.FS.mkdirTree("/work");
python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, "/work");
try {
  python.runPython(readFileSync(program, "utf-8"));
} catch (problem) {
  process.stderr.write(`${problem.message}\n`);
  process.exit(1);
}
