// Forms by keyboard: Enter goes to the next field and saves from the last, Ctrl+Enter saves from anywhere; what is wrong
// gets the focus. Without it every form works the same, by the browser's own keys.
(() => {
  "use strict";
  const FIELDS = "input:not([type=hidden], [type=checkbox], [type=radio], [type=file]), select";
  const STOPS = `${FIELDS}, textarea`;
  const seen = (field) => field.checkVisibility() && !field.disabled;

  const wrong = document.querySelector("main [aria-invalid=true]") ?? document.querySelector("main .problems");
  if (wrong) {
    const folded = wrong.closest("details");
    if (folded) folded.open = true;
    wrong.focus();
  }

  document.addEventListener("htmx:error", () => {
    const outcome = document.getElementById("outcome");
    if (outcome) outcome.textContent = outcome.dataset.lost;  // an old answer would be taken for the new one's
  });

  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("form.main");
    if (!form || event.key !== "Enter" || event.isComposing || event.altKey || event.shiftKey) return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      form.requestSubmit();
    } else if (event.target.matches(FIELDS)) {
      event.preventDefault();
      const fields = [...form.querySelectorAll(STOPS)].filter(seen), next = fields[fields.indexOf(event.target) + 1];
      if (next) next.focus(); else form.requestSubmit();
      if (next?.select) next.select();
    }
  });
})();
