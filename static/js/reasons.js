// Puts an earlier reason into the text field; if the field has a text, it is appended.
document.addEventListener("click", (event) => {
  const chip = event.target.closest("button[data-reason]");
  if (!chip) return;
  const field = document.getElementById(chip.dataset.fills);
  const reason = chip.dataset.reason;
  const written = field.value.trim();
  if (!written.includes(reason)) {
    const filled = written ? `${written}；${reason}` : reason;
    if (field.maxLength < 0 || filled.length <= field.maxLength) field.value = filled;
  }
  field.focus();
});
