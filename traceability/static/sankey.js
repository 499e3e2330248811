// The picture of a trace. Without it the table and the list below say the same.
(() => {
  "use strict";
  const told = document.getElementById("sankey-data"), place = document.getElementById("sankey");
  if (!told || !place || !window.echarts) return;
  const { nodes, links, tallest, unit } = JSON.parse(told.textContent);
  if (!links.length) return;
  place.hidden = false;
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const kg = (grams) => (grams / 1000).toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 3 });
  const label = Object.fromEntries(nodes.map((node) => [node.name, node.label.replace("\n", " ")]));
  const colours = () => ({
    plot: css("--tea-1"), leaf: css("--tea-2"), made_tea: css("--tea-3"), batch: css("--tea-4"), pack_lot: css("--tea-5"), rest: css("--soft"),
  });
  const narrow = () => place.clientWidth < 560;
  const chart = window.echarts.init(place, null, { renderer: "svg" });
  const draw = () => {
    const upright = narrow(), colour = colours();
    place.style.height = `${upright ? 520 : Math.max(280, tallest * 44 + 40)}px`;
    chart.resize();
    chart.setOption({
      animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      animationDuration: 400,
      tooltip: {
        renderMode: "richText", confine: true, backgroundColor: css("--card"), borderColor: css("--line"), textStyle: { color: css("--ink"), fontSize: 14 },
        formatter: ({ dataType, data, value }) => dataType === "edge" ? `${label[data.source]} → ${label[data.target]}\n${kg(data.value)} ${unit}` : `${label[data.name]}\n${kg(value)} ${unit}`,
      },
      series: [{
        type: "sankey", orient: upright ? "vertical" : "horizontal", emphasis: { focus: "adjacency" }, draggable: false, nodeGap: upright ? 12 : 16, nodeWidth: 14,
        left: 8, right: upright ? 8 : 176, top: 12, bottom: upright ? 40 : 12, layoutIterations: 64,
        data: nodes.map((node) => ({ ...node, itemStyle: { color: colour[node.kind], borderColor: css("--line") } })),
        links,
        lineStyle: { color: "gradient", opacity: 0.35, curveness: 0.5 },
        label: {
          color: css("--ink"), fontSize: upright ? 11 : 13, lineHeight: upright ? 14 : 17, position: upright ? "bottom" : "right", overflow: "truncate", width: upright ? 96 : 160,
          formatter: ({ data }) => upright && data.beside > 3 ? "" : data.label,
        },
      }],
    }, true);
  };
  chart.on("click", ({ dataType, data }) => { if (dataType === "node" && data.lot) location.href = place.dataset.lot.replace("/0", `/${data.lot}`); });
  draw();
  addEventListener("resize", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
})();
