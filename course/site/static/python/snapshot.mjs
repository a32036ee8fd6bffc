// Makes a picture of Python's memory with everything imported, under Node.js:
// node snapshot.mjs PYODIDE PROGRAM FOLDER; FOLDER is its /work, has packages.tar and gets memory.bin.
//
// JavaScript objects that Python holds are written down by their names in Pyodide's own interface; any other
// stops the build.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { untar } from "./untar.mjs";

const inUse = (module) => module.wasmTable.length - module.freeTableIndexes.length;

async function picture(core, program, folder) {
  const from = (name) => import(pathToFileURL(`${core}/${name}`));
  const { loadPyodide } = await from("pyodide.mjs");
  const { default: create } = await from("pyodide.asm.mjs");
  let module = null;
  let functions = 0;
  const python = await loadPyodide({
    indexURL: `${core}/`,
    _makeSnapshot: true,
    createPyodideModule: async (settings) => {
      module = await create(settings);
      functions = inUse(module);
      return module;
    },
  });
  const site = python.runPython("import site; site.getsitepackages()[0]");
  untar(python.FS, new Uint8Array(readFileSync(`${folder}/packages.tar`)), site);
  python.FS.mkdirTree("/work");
  python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, "/work");
  python.runPython(readFileSync(program, "utf-8"));
  python.FS.unmount("/work");
  const more = inUse(module) - functions;
  // What is made at run time, as ctypes does, is not in the memory; a picture that points to it would crash.
  if (more) throw new Error(`the imports leave ${more} functions that no picture can hold`);
  const named = (value) => {
    if (value === python) return { name: "" };
    const name = Object.keys(Object.getOwnPropertyDescriptors(python)).find((one) => python[one] === value);
    if (name === undefined) throw new Error(`Python holds an object of JavaScript without a name: ${value}`);
    return { name };
  };
  writeFileSync(`${folder}/memory.bin`, python.makeMemorySnapshot({ serializer: named }));
}

try {
  await picture(...process.argv.slice(2));
} catch (problem) {
  process.stderr.write(`${problem.message || problem.stack || problem}\n`);
  process.exit(1);
}
