// Passkeys, shown only where the browser has them. Each [data-passkey] names its ceremony and its two addresses.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const send = async (url, body) => {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
  });
  const said = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(said.title), { said: said.title });
  return said;
};

const opened = (options) => {
  const key = { ...options, challenge: bytes(options.challenge) };
  if (key.user) key.user = { ...key.user, id: bytes(key.user.id) };
  for (const list of ["excludeCredentials", "allowCredentials"])
    if (key[list]) key[list] = key[list].map((one) => ({ ...one, id: bytes(one.id) }));
  return { publicKey: key };
};

const written = (credential) => {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"])
    if (credential.response[name]) response[name] = text(credential.response[name]);
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  const { id, type } = credential;
  return { id, rawId: text(credential.rawId), type, response, clientExtensionResults: {} };
};

const run = async (place) => {
  const { passkey, options, verify } = place.dataset;
  const asked = opened(await send(options, {}));
  const credential = await navigator.credentials[passkey](asked);
  const body = { credential: written(credential) };
  for (const [key, field] of [["next", "input[name=next]"], ["name", "[data-passkey-name]"]]) {
    const found = document.querySelector(field);
    if (found) body[key] = found.value;
  }
  const answer = await send(verify, body);
  location.assign(answer.next);
};

if (window.PublicKeyCredential)
  for (const place of document.querySelectorAll("[data-passkey]")) {
    const button = place.querySelector("button");
    const said = place.querySelector("[data-said]");
    place.hidden = false;
    for (const other of document.querySelectorAll("[data-passkey-instead]")) other.hidden = true;
    button.addEventListener("click", async () => {
      button.disabled = true;
      said.textContent = "";
      try {
        await run(place);
      } catch (error) {
        // Browsers say the same for "cancelled", "too late" and "no passkey here".
        said.textContent = error.said || place.dataset.stopped;
        button.disabled = false;
      }
    });
  }
