// Buttons that copy a text of the page or print it, and links written out under the address the page came from.
(() => {
  "use strict";
  document.querySelectorAll("a[data-absolute]").forEach((link) => { link.textContent = link.href; });
  document.querySelectorAll("button[data-copy]").forEach((button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).innerText.trim());
      button.textContent = button.dataset.done;
    });
  });
  document.querySelectorAll("button[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
})();
