// The sentence behind a mark of a chart, for mouse and touch; and focus after htmx has replaced a part. Every page works without it.
(() => {
  let tip = null;
  const hide = () => { tip?.remove(); tip = null; };
  const show = (mark) => {
    hide();
    const plot = mark.closest(".plot");
    if (!plot) return;
    tip = document.createElement("div");
    tip.className = "tip";
    tip.textContent = mark.dataset.say;
    tip.setAttribute("aria-hidden", "true");
    plot.append(tip);
    const at = mark.getBoundingClientRect(), box = plot.getBoundingClientRect();
    const left = Math.max(0, Math.min(at.left + at.width / 2 - box.left - tip.offsetWidth / 2, box.width - tip.offsetWidth));
    tip.style.left = `${left}px`;
    tip.style.top = `${Math.max(0, at.top - box.top - tip.offsetHeight - 6)}px`;
  };
  document.addEventListener("pointerover", (event) => {
    const mark = event.target.closest?.("[data-say]");
    if (mark) show(mark); else hide();
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  document.addEventListener("htmx:afterSettle", (event) => {
    const here = document.getElementById(event.detail.target?.id);
    if (!here?.hasAttribute("tabindex")) return;
    here.focus({ preventScroll: true });
    document.getElementById("said").textContent = (here.querySelector(".chart__title, .guard") ?? here.querySelector("h2"))?.textContent ?? "";
  });
  let opened = [];
  document.addEventListener("htmx:beforeSwap", (event) => { opened = [...(event.detail.target?.querySelectorAll("details[open][id]") ?? [])].map((one) => one.id); });
  document.addEventListener("htmx:afterSwap", () => { for (const id of opened) document.getElementById(id)?.setAttribute("open", ""); });
  document.addEventListener("htmx:responseError", (event) => { if (event.detail.pathInfo) window.location.assign(event.detail.pathInfo.responsePath ?? event.detail.pathInfo.finalRequestPath); });
  document.addEventListener("toggle", (event) => { if (event.target.id === "side") document.querySelector("[popovertarget=side]")?.setAttribute("aria-expanded", event.newState === "open"); }, true);
})();
