// The dashboard: a chart with the same data as a table, a sortable table, and a drawer for details.
document.addEventListener("DOMContentLoaded", () => {
  drawTrend();
  sortTable();
  openDrawer();
  for (const list of document.querySelectorAll("select[data-go]")) {
    list.addEventListener("change", () => { location.href = list.value; });
  }
  for (const list of document.querySelectorAll("select[data-submit]")) {
    list.addEventListener("change", () => list.form.submit());
  }
  showGuideOnce();
});

// The explanation is open at a user's first visit.
function showGuideOnce() {
  const guide = document.getElementById("guide");
  if (!guide) return;
  try {
    if (!localStorage.getItem("guide-seen")) guide.open = true;
    localStorage.setItem("guide-seen", "1");
  } catch { /* a browser that keeps nothing shows it closed */ }
}

function drawTrend() {
  const holder = document.getElementById("trend-data");
  if (!holder) return;
  const trend = JSON.parse(holder.textContent);
  const choice = document.getElementById("trend-choice");
  const range = document.getElementById("trend-range");
  const body = document.getElementById("trend-table");
  const canvas = document.getElementById("trend");
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const words = (value, unit) => (value === null ? "无数据" : `${value}${unit}`);
  let chart = null;

  function show() {
    const series = trend.series[Number(choice.value)];
    const unit = series.unit === "%" ? "%" : ` ${series.unit}`;
    const first = trend.behind - Number(range.value);
    const is_ahead = series.projection.some((value) => value !== null);
    const last = is_ahead ? trend.labels.length : trend.behind;
    const part = (values) => values.slice(first, last);
    const values = [...series.values, ...trend.labels.slice(trend.behind).map(() => null)];
    body.replaceChildren(
      ...part(trend.labels).map((label, at) => {
        const row = document.createElement("tr");
        const month = first + at;
        const expected = month >= trend.behind ? series.projection[month] : null;
        const cells = [
          label,
          month < trend.behind ? words(values[month], unit) : "—",
          series.targets[month] === null ? "未设目标" : words(series.targets[month], unit),
          expected === null ? "—" : words(expected, unit),
        ];
        for (const text of cells) {
          const cell = document.createElement("td");
          cell.textContent = text;
          row.append(cell);
        }
        return row;
      }),
    );
    const line = (label, data, name, more) => ({
      label, data: part(data), borderColor: colour(name), backgroundColor: colour(name), pointRadius: 0, ...more,
    });
    const datasets = [
      line(series.name, values, "--on_track", { tension: 0.2, pointRadius: 3 }),
      line("目标", series.targets, "--behind", { stepped: "after", borderDash: [6, 4] }),
    ];
    if (is_ahead) {
      datasets.push(
        line("预计", series.projection, "--quiet", { borderDash: [2, 3] }),
        line("预计下限", series.low, "--quiet", { borderWidth: 0 }),
        line("预计上限", series.high, "--quiet", { borderWidth: 0, fill: "-1", backgroundColor: `${colour("--quiet")}33` }),
      );
    }
    if (chart) chart.destroy();
    chart = new Chart(canvas, {
      type: "line",
      data: { labels: part(trend.labels), datasets },
      options: {
        animation: false,
        responsive: true,
        maintainAspectRatio: false,
        interaction: { mode: "index", intersect: false },
        scales: {
          x: { ticks: { color: colour("--muted") }, grid: { display: false } },
          y: {
            beginAtZero: true,
            ticks: { color: colour("--muted"), callback: (value) => `${value}${unit}` },
            grid: { color: colour("--line") },
          },
        },
        plugins: {
          legend: {
            labels: { color: colour("--ink"), filter: (item) => !item.text.endsWith("限") },
          },
        },
      },
    });
  }

  choice.addEventListener("change", show);
  range.addEventListener("change", show);
  show();

  document.getElementById("trend-save")?.addEventListener("click", () => {
    // Draw on white: a chart with a transparent background is black on black in many viewers.
    const copy = document.createElement("canvas");
    copy.width = canvas.width;
    copy.height = canvas.height;
    const pen = copy.getContext("2d");
    pen.fillStyle = colour("--paper");
    pen.fillRect(0, 0, copy.width, copy.height);
    pen.drawImage(canvas, 0, 0);
    const link = document.createElement("a");
    link.download = `${trend.series[Number(choice.value)].name}走势.png`;
    link.href = copy.toDataURL("image/png");
    link.click();
  });
}

// A click on a heading sorts, another one reverses the order; cells without a number come last.
function sortTable() {
  const table = document.getElementById("heat");
  if (!table) return;
  const body = table.tBodies[0];
  for (const button of table.querySelectorAll("button[data-sort]")) {
    button.addEventListener("click", () => {
      const column = Number(button.dataset.sort);
      const head = button.closest("th");
      const turn = head.getAttribute("aria-sort") === (column ? "descending" : "ascending");
      const sign = (column ? -1 : 1) * (turn ? -1 : 1);
      const value = (row) => {
        const text = row.cells[column].dataset.value;
        return text === "" ? null : Number(text);
      };
      const rows = [...body.rows].sort((one, other) => {
        const [a, b] = [value(one), value(other)];
        if (a === null || b === null) return (a === null) - (b === null);
        return sign * (a - b);
      });
      for (const other of table.querySelectorAll("th[aria-sort]")) other.setAttribute("aria-sort", "none");
      head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
      body.append(...rows);
    });
  }
}

// Shows the details of a number in a drawer; without a script its link opens the whole page.
function openDrawer() {
  const drawer = document.getElementById("drawer");
  if (!drawer) return;
  const body = document.getElementById("drawer-body");
  let asked = 0;
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-drawer]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    document.getElementById("drawer-open").href = link.href;
    body.textContent = "正在打开……";
    if (!drawer.open) drawer.showModal();
    asked += 1;
    const mine = asked; // what was asked for earlier may come later: it is not shown any more
    try {
      const answer = await fetch(`${link.href}&part=1`, { headers: { "X-Requested-With": "fetch" } });
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      const text = await answer.text();
      if (mine !== asked) return;
      body.innerHTML = text;
      for (const inner of body.querySelectorAll("a[href*='/figures/']")) inner.dataset.drawer = "";
    } catch {
      if (mine === asked) body.textContent = "没有打开，请检查网络或重新登录后再试。";
    }
  });
  document.getElementById("drawer-close").addEventListener("click", () => drawer.close());
  drawer.addEventListener("click", (event) => { if (event.target === drawer) drawer.close(); });
}
