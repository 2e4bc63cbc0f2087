// Live queue and open ticket: news by server-sent events, or by asking every five seconds; single keys inside the region.
const live = document.querySelector("[data-live]");
if (live) {
  const news = document.querySelector("[data-news]");
  let count = 0;
  const tell = () => {
    count += 1;
    news.textContent = news.dataset.news.replace("%d", count);
    news.hidden = false;
  };
  const ask = () => {
    let tag = null;
    setInterval(async () => {
      const answer = await fetch(live.dataset.live, { headers: tag ? { "If-None-Match": tag } : {} }).catch(() => null);
      if (!answer || answer.status === 304 || !answer.ok) return;
      if (tag) tell();
      tag = answer.headers.get("ETag");
    }, 5000);
  };
  const seen = new Set();
  const stream = new EventSource("/console/events");
  stream.onmessage = (event) => {
    if (!seen.has(event.lastEventId)) tell();
    seen.add(event.lastEventId);
  };
  // Where nobody streams the browser gives up at once; a stream that broke it opens again by itself.
  stream.onerror = () => {
    if (stream.readyState === EventSource.CLOSED) ask();
  };
  addEventListener("pagehide", () => stream.close());
}

const region = document.querySelector("[data-keys]");
if (region) {
  const toggle = document.querySelector("[data-keys-toggle]");
  let isOn = localStorage.getItem("queue-keys") !== "off";
  const show = () => toggle.setAttribute("aria-pressed", isOn);
  toggle.hidden = false;
  show();
  toggle.addEventListener("click", () => {
    isOn = !isOn;
    localStorage.setItem("queue-keys", isOn ? "on" : "off");
    show();
  });
  const links = [...region.querySelectorAll("tbody th a")];
  const move = (step) => {
    const at = links.findIndex((one) => one.closest("tr").contains(document.activeElement));
    const next = links[Math.min(Math.max(at + step, 0), links.length - 1)];
    if (next) next.focus();
  };
  const press = (name) => {
    const row = document.activeElement.closest("tr");
    const button = (row && row.querySelector(`[data-key="${name}"] button`)) || document.querySelector(`[data-key="${name}"] button`);
    if (button) button.click();
  };
  const keys = { j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1), c: () => press("c"), n: () => press("n"), p: () => { const call = document.querySelector("[data-ringing]"); if (call && !call.hidden) call.click(); }, r: () => location.reload() };
  region.addEventListener("keydown", (event) => {
    const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    const act = keys[event.key] || keys[event.key.toLowerCase()];
    if (!isOn || isTyping || !act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });
}

const ringing = document.querySelector("[data-ringing]");
if (ringing) {
  setInterval(async () => {
    const answer = await fetch(ringing.dataset.ringing).catch(() => null);
    if (!answer || !answer.ok) return;
    const { url } = await answer.json();
    if (url) ringing.href = url;
    ringing.hidden = !url;
  }, 5000);
}

// In an open ticket a key leads to its button or field; Enter then presses it.
const open = document.querySelector("[data-ticket-keys]");
if (open && localStorage.getItem("queue-keys") !== "off") {
  const goals = { d: "[value=dispatch]", a: "[value=answer]", m: "[name=into]", e: "[value=transfer]" };
  open.hidden = false;
  document.querySelector("main").addEventListener("keydown", (event) => {
    const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") location = open.dataset.ticketKeys;
    const goal = goals[event.key.toLowerCase()] && document.querySelector(`main ${goals[event.key.toLowerCase()]}`);
    if (!goal) return;
    event.preventDefault();
    goal.focus();
  });
}

const present = document.querySelector("[data-presence]");
if (present) {
  const stay = async () => {
    const answer = await fetch(present.dataset.presence, { method: "POST", body: new FormData(present) }).catch(() => null);
    if (!answer || !answer.ok) return;
    const { seats } = await answer.json();
    const words = document.querySelector("[data-others]");
    words.textContent = seats.length ? words.dataset.others.replace("%s", seats.join(", ")) : "";
  };
  setInterval(stay, 20000);
}

const lease = document.querySelector("[data-lease]");
if (lease) {
  const left = new Date(lease.dataset.lease) - Date.now() - 120000;
  if (left > 0) setTimeout(() => { lease.hidden = false; }, left);
  else lease.hidden = false;
}
