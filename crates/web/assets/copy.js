// Puts the text of a field into the clipboard. Without this, its reader selects and copies it.
"use strict";

for (const button of document.querySelectorAll("button[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  const words = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    let done = true;
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      field.select();
      done = document.execCommand("copy");
    }
    button.textContent = done ? "Copied" : "Now press Ctrl+C";
    setTimeout(() => { button.textContent = words; }, 4000);
  });
}
