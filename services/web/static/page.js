// Enhances what the server already sent; every page works without it.
const summary = document.querySelector("[data-focus]");
if (summary) summary.focus();

// A second press while the first is on its way would only wait for the same answer.
for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form")) delete form.dataset.sent;
});
