// The big screen: shows table pages and chart indicators in turn, and reloads the figures.
const TURN = 10000; // one page, one chart
const REFRESH = 60000;
let turn = 0;
let chart = null;

function pages() {
  const body = document.getElementById("rows");
  if (!body) return [];
  for (const row of body.rows) row.hidden = false;
  const box = body.closest(".panel-box");
  const height = body.rows.length ? body.rows[0].offsetHeight : 1;
  const space = box.getBoundingClientRect().bottom - body.getBoundingClientRect().top - 12;
  const number = Math.max(Math.floor(space / height), 5);
  const rows = [...body.rows];
  const found = [];
  for (let at = 0; at < rows.length; at += number) found.push(rows.slice(at, at + number));
  return found;
}

function showRows() {
  const found = pages();
  if (!found.length) return;
  const page = turn % found.length;
  found.forEach((rows, number) => { for (const row of rows) row.hidden = number !== page; });
  document.getElementById("page-of").textContent = found.length > 1 ? `第${page + 1}页，共${found.length}页` : "";
}

function showChart() {
  const trend = JSON.parse(document.getElementById("trend-data").textContent);
  if (!trend.series.length) return;
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const series = trend.series[turn % trend.series.length];
  const first = trend.behind - 12;
  const part = (values) => values.slice(first);
  const unit = series.unit === "%" ? "%" : ` ${series.unit}`;
  document.getElementById("chart-name").textContent = `${series.name}：走势、目标与预计`;
  const line = (label, data, name, more) => ({
    label, data, borderColor: colour(name), backgroundColor: colour(name), pointRadius: 0, ...more,
  });
  if (chart) chart.destroy();
  chart = new Chart(document.getElementById("trend"), {
    type: "line",
    data: {
      labels: part(trend.labels),
      datasets: [
        line(series.name, part(series.values), "--on_track", { tension: 0.2, pointRadius: 3 }),
        line("目标", part(series.targets), "--behind", { stepped: "after", borderDash: [6, 4] }),
        line("预计", part(series.projection), "--quiet", { borderDash: [2, 3] }),
      ],
    },
    options: {
      animation: false, responsive: true, maintainAspectRatio: false,
      scales: {
        x: { ticks: { color: colour("--muted"), maxRotation: 0, autoSkip: true }, grid: { display: false } },
        y: { beginAtZero: true, ticks: { color: colour("--muted"), callback: (value) => `${value}${unit}` }, grid: { color: colour("--line") } },
      },
      plugins: { legend: { labels: { color: colour("--ink") } } },
    },
  });
}

function show() {
  showRows();
  showChart();
}

// If loading fails, the old figures stay, with the time of the last update.
async function refresh() {
  const notice = document.getElementById("notice");
  const old = document.getElementById("screen");
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    if (answer.redirected) throw new Error("login");
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("screen");
    if (!fresh) throw new Error("no board"); // some other page answered in its place
    old.replaceWith(fresh);
    notice.textContent = "";
    show();
  } catch (error) {
    const why = error.message === "login" ? "登录已过期，请重新登录" : "暂时无法刷新";
    notice.textContent = `${why}；以下为 ${old.dataset.refreshed} 的数据`;
  }
}

function tick() {
  const now = new Date();
  document.getElementById("clock").textContent = now.toLocaleString("zh-CN", { hour12: false });
}

document.addEventListener("DOMContentLoaded", () => {
  tick();
  show();
  window.setInterval(tick, 1000);
  window.setInterval(() => { turn += 1; show(); }, TURN);
  window.setInterval(refresh, REFRESH);
  window.addEventListener("resize", showRows);
});
