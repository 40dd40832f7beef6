// One trend chart: twelve month ends of the chosen indicator, with its target as a dashed line.
document.addEventListener("DOMContentLoaded", () => {
  const trend = JSON.parse(document.getElementById("trend-data").textContent);
  const choice = document.getElementById("trend-choice");
  const body = document.getElementById("trend-table");
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const unit = (series) => (series.unit === "%" ? "%" : ` ${series.unit}`);
  let chart = null;

  function show(index) {
    const series = trend.series[index];
    const targets = trend.years.map((year) => (year === series.year ? series.target : null));
    body.replaceChildren(
      ...trend.labels.map((label, position) => {
        const row = document.createElement("tr");
        const value = series.values[position];
        for (const text of [label, value === null ? "无数据" : `${value}${unit(series)}`]) {
          const cell = document.createElement("td");
          cell.textContent = text;
          row.append(cell);
        }
        return row;
      }),
    );
    const datasets = [
      {
        label: series.name,
        data: series.values,
        borderColor: colour("--on_track"),
        backgroundColor: colour("--on_track"),
        tension: 0.2,
        pointRadius: 3,
      },
    ];
    if (series.target !== null) {
      datasets.push({
        label: `${series.year}年目标`,
        data: targets,
        borderColor: colour("--behind"),
        backgroundColor: colour("--behind"),
        borderDash: [6, 4],
        pointRadius: 0,
      });
    }
    if (chart) chart.destroy();
    chart = new Chart(document.getElementById("trend"), {
      type: "line",
      data: { labels: trend.labels, datasets },
      options: {
        animation: false,
        responsive: true,
        maintainAspectRatio: false,
        scales: {
          x: { ticks: { color: colour("--muted") }, grid: { display: false } },
          y: {
            beginAtZero: true,
            ticks: { color: colour("--muted"), callback: (value) => `${value}${unit(series)}` },
            grid: { color: colour("--line") },
          },
        },
        plugins: { legend: { labels: { color: colour("--ink") } } },
      },
    });
  }

  choice.addEventListener("change", () => show(Number(choice.value)));
  show(Number(choice.value));
});
