// Draws what happened on a bench: lanes from left to right, a row for each event.

const ROW = 34;
const TOP = 56;
const colour = (name) => `var(--zl-${name})`;

const escape = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const clip = (text, longest) => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);

export function clock(milliseconds) {
  return milliseconds < 99_950 ? `${(milliseconds / 1000).toFixed(1)} s` : `${Math.round(milliseconds / 1000)} s`;
}

class Sheet {
  constructor(width, roles) {
    this.width = width;
    this.narrow = width < 480;
    this.margin = this.narrow ? 40 : 60;
    const inner = width - this.margin;
    this.lanes = new Map(roles.map(({ name }, n) => [name, this.margin + (inner * (n + 0.5)) / roles.length]));
    this.parts = [];
  }

  path(d, stroke, { width = 1.8, dash = "", fill = "none" } = {}) {
    const dashed = dash ? ` stroke-dasharray="${dash}"` : "";
    this.parts.push(`<path d="${d}" fill="${fill}" stroke="${colour(stroke)}" stroke-width="${width}" stroke-linecap="round"${dashed}/>`);
  }

  text(x, y, words, { anchor = "start", ink = "text", mono = false, weight = 400, size = 12.5, halo = true } = {}) {
    const face = mono ? ' class="zm"' : "";
    const around = halo ? ` stroke="${colour("page")}" stroke-width="5" stroke-linejoin="round" paint-order="stroke"` : "";
    this.parts.push(
      `<text x="${x}" y="${y + size * 0.35}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}" fill="${colour(ink)}"${face}${around}>${escape(words)}</text>`,
    );
  }

  // Which way leads to the other lanes: right of the first lane, left of all others.
  side(role) {
    return [...this.lanes.keys()].indexOf(role) === 0 ? 1 : -1;
  }

  beside(event, words, options = {}) {
    const side = this.side(event.role);
    this.text(this.lanes.get(event.role) + 13 * side, event.y, words, { anchor: side > 0 ? "start" : "end", ...options });
  }

  chip(role, y, words, ink) {
    const text = clip(words, this.narrow ? 18 : 26);
    const width = text.length * 7.6 + 14;
    const side = this.side(role);
    const x = this.lanes.get(role) + (side > 0 ? 26 : -26 - width);
    this.parts.push(
      `<rect x="${x}" y="${y - 11}" width="${width}" height="22" rx="5" fill="${colour("page")}" stroke="${colour(ink)}" stroke-width="1.5"/>`,
    );
    this.text(x + width / 2, y, text, { anchor: "middle", mono: true, halo: false });
  }

  head(from, to, y, ink) {
    const way = to > from ? 1 : -1;
    this.parts.push(`<path d="M${to - way} ${y}l${-9 * way} -4.5v9z" fill="${colour(ink)}"/>`);
  }
}

const DRAWN = {
  start: (sheet, event) => {
    const x = sheet.lanes.get(event.role);
    sheet.path(`M${x - 9} ${event.y}h18`, "quiet", { width: 2.2 });
    sheet.beside(event, event.label, { ink: "quiet" });
  },
  bind: (sheet, event) => square(sheet, event, "quiet"),
  connect: (sheet, event) => square(sheet, event, "page"),
  up: (sheet, event) => line(sheet, event),
  down: (sheet, event) => line(sheet, event),
  retry: (sheet, event) => sheet.beside(event, event.label, { ink: "lost" }),
  send: (sheet, event, bottom) => {
    const x = sheet.lanes.get(event.role);
    const side = sheet.side(event.role);
    const to = event.received?.y ? event.received : null;
    const waits = !to || to.t - event.t > 300;
    const ink = event.lost ? "lost" : "accent";
    if (!waits) {
      const end = sheet.lanes.get(to.role);
      sheet.path(`M${x} ${event.y}L${end - 7 * side} ${to.y}`, "accent");
      sheet.head(x, end, to.y, "accent");
    } else {
      const at = x + 14 * side;
      const until = to ? to.y - 12 : event.lost ? Math.min(bottom, event.y + ROW) : bottom;
      sheet.path(`M${x} ${event.y}H${at}`, "waiting", { width: 2 });
      sheet.path(`M${at} ${event.y}V${until}`, "waiting", { width: 2.4, dash: "0.1 5.5" });
      sheet.path([9, 14, 19].map((step) => `M${at - 5} ${event.y + step}h10`).join(""), "waiting", { width: 2.2 });
      if (event.lost) sheet.path(`M${at - 5} ${until - 5}l10 10m0 -10l-10 10`, "lost", { width: 2.2 });
      if (to) {
        const end = sheet.lanes.get(to.role);
        sheet.path(`M${at} ${until}L${end - 7 * side} ${to.y}`, "accent");
        sheet.head(x, end, to.y, "accent");
      }
    }
    sheet.chip(event.role, event.y, event.text, ink);
  },
  receive: (sheet, event) => {
    if (event.sent?.y) return; // its arrow ends here
    const x = sheet.lanes.get(event.role);
    const side = sheet.side(event.role);
    sheet.path(`M${x + 40 * side} ${event.y}H${x + 7 * side}`, "accent");
    sheet.head(x + 40 * side, x, event.y, "accent");
    sheet.chip(event.role, event.y, event.text, "accent");
  },
  kill: (sheet, event) => {
    const x = sheet.lanes.get(event.role);
    sheet.path(`M${x - 7} ${event.y - 7}l14 14m0 -14l-14 14`, "lost", { width: 2.4 });
    sheet.beside(event, event.label, { ink: "lost", weight: 650 });
  },
  network: (sheet, event) => {
    const first = sheet.margin;
    sheet.path(`M${first} ${event.y}H${sheet.width - 8}`, "waiting", { width: 1.2, dash: "2 5" });
    sheet.text((first + sheet.width) / 2, event.y, event.label, { anchor: "middle", ink: "waiting", weight: 600 });
  },
  wait: (sheet, event) => sheet.beside(event, event.label, { ink: "waiting", weight: 600 }),
};
for (const kind of ["freeze", "thaw", "busy"]) DRAWN[kind] = DRAWN.wait;
for (const kind of ["end", "close", "refused"]) DRAWN[kind] = (sheet, event) => sheet.beside(event, event.label, { ink: "quiet" });
DRAWN.error = (sheet, event) => DRAWN.kill(sheet, event);

function square(sheet, event, fill) {
  const x = sheet.lanes.get(event.role);
  sheet.parts.push(
    `<rect x="${x - 5}" y="${event.y - 5}" width="10" height="10" rx="1" fill="${colour(fill)}" stroke="${colour("quiet")}" stroke-width="1.8"/>`,
  );
  sheet.beside(event, event.label, { ink: "quiet", mono: true });
}

function line(sheet, event) {
  const places = [...sheet.lanes.values()];
  const [left, right] = [Math.min(...places), Math.max(...places)];
  const middle = (left + right) / 2;
  sheet.path(`M${left + 4} ${event.y}H${right - 4}`, "handshake", { width: 1.3, dash: "5 4" });
  sheet.text(middle, event.y, event.label, { anchor: "middle", ink: "handshake" });
}

/** The picture of `events` as SVG; `waits` names the roles that wait for a message now. */
export function draw(events, roles, width, waits, name) {
  const sheet = new Sheet(width, roles);
  for (const event of events) event.y = 0;
  events.forEach((event, n) => (event.y = TOP + 22 + n * ROW));
  const bottom = TOP + 22 + events.length * ROW;
  for (const { name: role } of roles) {
    const x = sheet.lanes.get(role);
    let from = null;
    for (const event of events.filter((one) => one.role === role)) {
      if (event.kind === "start") from ??= event.y;
      if ((event.kind === "kill" || event.kind === "error" || event.kind === "end") && from !== null) {
        sheet.path(`M${x} ${from}V${event.y}`, "quiet", { width: 1.5 });
        from = null;
      }
    }
    if (from === null) continue;
    const last = events.filter((one) => one.role === role).at(-1);
    const since = waits.has(role) && last.kind !== "start" ? last.y + 8 : bottom;
    sheet.path(`M${x} ${from}V${since}`, "quiet", { width: 1.5 });
    if (since < bottom) sheet.path(`M${x} ${since}V${bottom}`, "waiting", { width: 2.6, dash: "0.1 5.5" });
  }
  let said = "";
  for (const event of events) {
    DRAWN[event.kind]?.(sheet, event, bottom);
    const time = clock(event.t);
    if (time !== said) sheet.text(sheet.margin - 8, event.y, time, { anchor: "end", ink: "quiet", size: sheet.narrow ? 11 : 12.5 });
    said = time;
  }
  const heads = roles.map(({ name: role, label, type }) => {
    const x = sheet.lanes.get(role);
    return (
      `<rect x="${x - 48}" y="6" width="96" height="42" rx="8" fill="${colour("card")}" stroke="var(--line)"/>` +
      `<text x="${x}" y="24" text-anchor="middle" font-size="14" font-weight="650" fill="${colour("text")}">${escape(label)}</text>` +
      `<text x="${x}" y="40" text-anchor="middle" font-size="11.5" class="zm" fill="${colour("quiet")}">${escape(type)}</text>`
    );
  });
  const height = bottom + 12;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escape(name)}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">` +
    `${sheet.parts.join("")}<g class="bench-heads">${heads.join("")}</g></svg>`
  );
}
