// The start page's two conveniences: inside JupyterLab units open in its own tabs, and Check runs without
// leaving the page.  Without this script every link works, only Check does not.
"use strict";
(() => {
  const { base, xsrf } = document.body.dataset;
  const status = document.getElementById("status");
  const inLab = window.parent !== window;

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-open]");
    if (link && inLab && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      window.parent.postMessage({ course: "open", path: link.dataset.open }, window.location.origin);
    }
    const button = event.target.closest("button[data-check]");
    if (button) check(button);
  });

  // Pages inside JupyterLab keep its theme.
  const theme = new URLSearchParams(window.location.search).get("theme");
  if (theme) {
    for (const link of document.querySelectorAll("a[data-page]")) {
      const address = new URL(link.href);
      address.searchParams.set("theme", theme);
      link.href = address;
    }
  }

  async function check(button) {
    const unit = button.dataset.check;
    button.disabled = true;
    status.textContent = `Checking ${unit}. This takes some seconds.`;
    try {
      const answer = await fetch(`${base}course/check/${unit}`, {
        method: "POST",
        headers: { "X-XSRFToken": xsrf },
      });
      const result = await answer.json();
      if (!answer.ok) throw new Error(result.message);
      status.innerHTML = "";
      const link = document.createElement("a");
      link.href = `${base}course/report/${unit}${theme ? `?theme=${theme}` : ""}`;
      link.textContent = "Read the report";
      status.append(`${unit}: ${result.points} of ${result.most} points. `, link);
      const points = document.querySelector(`[data-points="${unit}"]`);
      points.textContent = `${result.points} / ${result.most}`;
    } catch (problem) {
      status.textContent = `${unit} could not be checked: ${problem.message}`;
    }
    button.disabled = false;
  }
})();
