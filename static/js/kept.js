// A form that is sent after the session has ended is not stored. What was typed stays in this window's
// own storage, and the same account is offered it after the next login, on the same page.
const KEPT_AS = "kept-form";
const KEPT_FOR = 2 * 3600 * 1000;
const NEVER_KEPT = ["hidden", "password", "file", "submit", "button", "reset", "image"];

const keptHere = () => location.pathname + location.search;
const keptAccount = () => document.getElementById("logout-form")?.dataset.account ?? "";

function keptInputs(form) {
  return [...form.elements].filter((input) => input.name && !NEVER_KEPT.includes(input.type));
}

function keptValue(input) {
  if (["checkbox", "radio"].includes(input.type)) return { name: input.name, value: input.value, ticked: input.checked };
  if (input.tagName !== "SELECT") return { name: input.name, value: input.value };
  const chosen = [...input.selectedOptions].map((option) => [option.value, option.text]);
  return { name: input.name, chosen };
}

function keepForm(event) {
  const form = event.target;
  if (form.id === "logout-form") sessionStorage.removeItem(KEPT_AS);
  if (form.method !== "post" || !keptAccount() || form.id === "logout-form") return;
  if (form.querySelector("input[type=password]")) return;
  const kept = {
    path: keptHere(), account: keptAccount(), at: Date.now(),
    form: [...document.forms].indexOf(form), inputs: keptInputs(form).map(keptValue),
  };
  try {
    sessionStorage.setItem(KEPT_AS, JSON.stringify(kept));
  } catch {
    sessionStorage.removeItem(KEPT_AS); // too much for the browser: nothing is kept rather than a part
  }
}

function keptForm() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT_AS) ?? "null");
  } catch {
    return null;
  }
}

function putBackOne(form, one) {
  const inputs = keptInputs(form).filter((input) => input.name === one.name);
  const input = "ticked" in one ? inputs.find((each) => each.value === one.value) : inputs[0];
  if (!input || input.disabled) return false;
  if ("ticked" in one) {
    input.checked = one.ticked;
  } else if (one.chosen) {
    const values = one.chosen.map(([value]) => value);
    for (const [value, text] of one.chosen) {
      if (![...input.options].some((option) => option.value === value)) input.add(new Option(text, value));
    }
    for (const option of input.options) option.selected = values.includes(option.value);
  } else {
    input.value = one.value;
  }
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}

function offerKept(kept) {
  const form = document.forms[kept.form];
  if (!form) return;
  const note = document.createElement("div");
  note.className = "login-note kept-note";
  note.setAttribute("role", "status");
  const words = document.createElement("p");
  words.textContent = "登录超时前填写的内容没有保存，还在本窗口中。恢复后请核对，再重新提交；附件须重新选择。";
  note.append(words);
  for (const [label, act] of [["恢复填写的内容", () => putBack(form, kept, words)], ["不用了", () => note.remove()]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "secondary";
    button.textContent = label;
    button.addEventListener("click", () => {
      sessionStorage.removeItem(KEPT_AS);
      for (const each of note.querySelectorAll("button")) each.remove();
      act();
    });
    note.append(button);
  }
  form.before(note);
}

function putBack(form, kept, words) {
  const lost = kept.inputs.filter((one) => !putBackOne(form, one) && one.ticked !== false);
  const texts = lost.map((one) => one.value || (one.chosen ?? []).map(([, text]) => text).join("、")).filter(Boolean);
  words.textContent = "已恢复，请核对后重新提交；附件须重新选择。";
  if (texts.length) words.textContent += `下列内容没有找到对应的栏目，请自行填写：${texts.join("；")}`;
}

document.addEventListener("submit", keepForm);
document.addEventListener("DOMContentLoaded", () => {
  const kept = keptForm();
  if (!kept) return;
  if (document.getElementById("login-form")) {
    sessionStorage.setItem(KEPT_AS, JSON.stringify({ ...kept, isOver: true }));
  } else if (!kept.isOver || kept.account !== keptAccount() || Date.now() - kept.at > KEPT_FOR) {
    sessionStorage.removeItem(KEPT_AS);
  } else if (kept.path === keptHere()) {
    offerKept(kept);
  }
});
