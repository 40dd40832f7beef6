// Fills in a suggested allocation and adds up the typed values; the server checks the sum again.
document.addEventListener("DOMContentLoaded", () => {
  const { target, unit, shares } = JSON.parse(document.getElementById("share-numbers").textContent);
  const inputs = [...document.querySelectorAll("input[name^='share-']")];
  const sum = document.getElementById("share-sum");
  const places = 10000; // four decimals, added as whole numbers
  const units = (text) => Math.round(Number(text || 0) * places);

  function addUp() {
    const total = inputs.reduce((so_far, input) => so_far + units(input.value), 0);
    const gap = total - units(target);
    const told = (number) => `${number / places}${unit}`;
    if (Number.isNaN(gap)) sum.textContent = "请填写数字";
    else if (gap < 0) sum.textContent = `合计${told(total)}，比目标少${told(-gap)}，还不能保存`;
    else if (gap > 0) sum.textContent = `合计${told(total)}，比目标多${told(gap)}`;
    else sum.textContent = `合计${told(total)}，与目标一致`;
    sum.classList.toggle("error", !(gap >= 0));
  }

  for (const button of document.querySelectorAll("button[data-how]")) {
    button.addEventListener("click", () => {
      for (const input of inputs) input.value = shares[button.dataset.how][input.name.slice(6)] ?? "";
      addUp();
    });
  }
  for (const input of inputs) input.addEventListener("input", addUp);
  addUp();
});
