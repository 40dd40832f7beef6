// Polls the progress of an upload, and shows the result when the work is done.
document.addEventListener("DOMContentLoaded", () => {
  const place = document.querySelector("[data-progress]");
  if (!place) return;
  const bar = place.querySelector("progress");
  const words = place.querySelector("p");
  const ask = async () => {
    try {
      const answer = await fetch(place.dataset.progress, { headers: { Accept: "application/json" } });
      const told = await answer.json();
      if (!told.is_at_work) return window.location.reload();
      if (told.total) {
        bar.max = told.total;
        bar.value = told.done;
      } else {
        bar.removeAttribute("value");
      }
      words.textContent = told.total ? `${told.step} ${told.done}/${told.total}` : told.step;
    } catch {
      words.textContent = "暂时连接不上，正在重试";
    }
    return window.setTimeout(ask, 1000);
  };
  ask();
});
