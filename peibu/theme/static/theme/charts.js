// Draws every <div data-chart="json-script-id"> with ECharts, loaded only when a page has a chart.
const FONT = getComputedStyle(document.body).fontFamily;
const INK = "#1d2129";
const INK2 = "#5a6270";
const GRID = "#eef1f5";
const PALETTE = ["#1f5fc1", "#d99a2b", "#2f8f83", "#8257b8", "#c2553f", "#6a7686"];

const axis = {
  axisLine: { lineStyle: { color: "#5a6270" } },
  axisTick: { show: false },
  axisLabel: { color: INK2, fontSize: 12 },
  nameTextStyle: { color: INK2, fontSize: 12 },
  splitLine: { lineStyle: { color: GRID } },
};
const THEME = {
  color: PALETTE,
  textStyle: { fontFamily: FONT, color: INK },
  legend: { top: 6, textStyle: { color: INK2, fontSize: 12 }, itemWidth: 22, itemHeight: 12 },
  grid: { left: 12, right: 12, top: 52, bottom: 8, containLabel: true },
  categoryAxis: { ...axis, splitLine: { show: false } },
  valueAxis: { ...axis, axisLine: { show: false } },
  bar: { barMaxWidth: 24, itemStyle: { borderRadius: [3, 3, 0, 0] } },
  line: { smooth: true, symbolSize: 7, lineStyle: { width: 2 } },
};

function load(address) {
  return new Promise((done, failed) => {
    if (window.echarts) return done(window.echarts);
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => done(window.echarts);
    script.onerror = () => failed(new Error(`cannot load ${address}`));
    document.head.append(script);
  });
}

function draw(echarts, place) {
  const option = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const chart = echarts.init(place, THEME, { renderer: "svg" });
  chart.setOption({ animation: !calm, animationDuration: 400, tooltip: { trigger: "axis", confine: true }, ...option });
  new ResizeObserver(() => chart.resize()).observe(place);
  place.dataset.drawn = "yes";
}

async function drawAll(root) {
  const places = [...root.querySelectorAll("[data-chart]:not([data-drawn])")];
  if (!places.length) return;
  const echarts = await load(places[0].dataset.library);
  for (const place of places) draw(echarts, place);
}
drawAll(document);
document.addEventListener("htmx:after:swap", () => drawAll(document));
