// Echoes while typing: net weight. Without it every page works the same; the server decides.
(() => {
  "use strict";
  // On a phone the menu is a strip to push along: where one is should be in sight.
  const here = document.querySelector(".menu [aria-current]");
  if (here) here.scrollIntoView({ inline: "center", block: "nearest" });

  const UNITS = { "": 1000, kg: 1000, "公斤": 1000, "千克": 1000, "斤": 500, "两": 50, g: 1, "克": 1 };
  const half = (text) => text.replace(/[\uff01-\uff5e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).replace(/[\s,\u3000]/g, "");
  const grams = (text) => {
    const found = /^(\d+(?:\.\d+)?)(\D*)$/.exec(half(text).toLowerCase());
    return found && found[2] in UNITS ? Math.round(found[1] * UNITS[found[2]]) : null;
  };
  const kg = (g) => (g / 1000).toFixed(3).replace(/0$/, "");
  const whole = (text) => { const n = Number(half(text)); return Number.isInteger(n) && n > 0 ? n : 0; };

  const net = document.querySelector("[data-net]");
  if (net) {
    const gross = document.getElementById("gross"), tare = document.getElementById("tare");
    const echo = () => {
      const g = grams(gross.value), t = tare.value ? grams(tare.value) : 0;
      net.textContent = g !== null && t !== null && g > t ? net.dataset.net.replace("{}", kg(g - t)) : "";
    };
    gross.addEventListener("input", echo); tare.addEventListener("input", echo); echo();
  }

  document.querySelectorAll("button.fill").forEach((button) => button.addEventListener("click", () => {
    const input = document.getElementsByName(button.dataset.into)[0];
    const { first, last, count } = button.dataset;
    if (first) {
      const packs = document.getElementsByName(count)[0], n = whole(packs.value), end = n ? Math.min(last, +first + n - 1) : +last;
      const number = (serial) => String(serial).padStart(10, "0");
      input.value = `${number(first)}-${number(end)}`;
      if (!n) packs.value = end - first + 1;
    } else input.value = button.dataset.value;
    input.dispatchEvent(new Event("input", { bubbles: true })); input.focus();
  }));
})();
