// The network between the roles of a bench. Each role has one port to the hub; over it go the
// streams of purezmq/transport/ports.py, and the hub leads each to the role that listens there.
//
// Faults act on the bytes. Like a network below TCP the hub never loses a part of a stream: what it
// holds comes later, in order. A cut therefore looks like silence to both ends, as a pulled cable does.

const OPEN = 1;
const TAKEN = 2;
const REFUSED = 3;
const CLOSE = 6;
const HEAD = 5; // an octet for the kind, four for the stream's number

export const DELAY = 800; // milliseconds that a slow network adds each way

function pack(kind, number, rest) {
  const message = new Uint8Array(HEAD + rest.length);
  const view = new DataView(message.buffer);
  view.setUint8(0, kind);
  view.setUint32(1, number);
  message.set(rest, HEAD);
  return message;
}

const NOTHING = new Uint8Array(0);

// A role as the hub knows it. Streams are keyed by their number and by which end has opened them.
class Member {
  constructor(name, port) {
    this.name = name;
    this.port = port;
    this.alive = true;
    this.count = 0; // streams that the hub has opened to it
    this.streams = new Map();
    this.asked = new Map();
  }

  post(kind, { number, own }, rest = NOTHING) {
    if (this.alive) this.port.postMessage(pack(kind, number * 2 + (own ? 1 : 0), rest));
  }
}

const keyOf = ({ number, own }) => `${own ? "own" : "hub"}:${number}`;

export class Hub {
  #members = new Map();
  #ways = new Map(); // from role to role: what is on its way
  #frozen = new Set();
  #network = "ok";

  // A role begins: a new process, with a new port. Texts that come over it are no part of the
  // network: onText gets them, in order with the octets.
  join(name, port, onText = () => {}) {
    const member = new Member(name, port);
    this.#members.set(name, member);
    port.onmessage = ({ data }) => {
      if (!member.alive) return;
      if (typeof data === "string") onText(data);
      else this.#take(member, data);
    };
  }

  // A role's process is dead. Its connections end, as a kernel ends those of a dead process; the
  // others hear of it over the network, if that lets them.
  leave(name) {
    const member = this.#members.get(name);
    if (!member?.alive) return;
    member.alive = false;
    member.port.close();
    this.#members.delete(name);
    this.#frozen.delete(name);
    for (const { peer, at } of member.streams.values()) {
      this.#carry(name, peer.name, () => peer.post(CLOSE, at));
    }
    for (const ask of member.asked.values()) this.#refused(member, ask);
  }

  // "ok", "slow", "cut", or "oneway": what the first role sends arrives, and nothing comes back.
  set network(state) {
    this.#network = state;
    this.#release();
  }

  freeze(name, frozen) {
    if (frozen) this.#frozen.add(name);
    else this.#frozen.delete(name);
    this.#release();
  }

  set order(names) {
    this.first = names[0];
  }

  #holds(from, to) {
    if (this.#frozen.has(from) || this.#frozen.has(to)) return true;
    return this.#network === "cut" || (this.#network === "oneway" && from !== this.first);
  }

  #carry(from, to, deliver) {
    const key = `${from}>${to}`;
    if (!this.#ways.has(key)) this.#ways.set(key, { from, to, waiting: [], timer: 0 });
    const way = this.#ways.get(key);
    const due = performance.now() + (this.#network === "slow" ? DELAY : 0);
    way.waiting.push({ due, deliver });
    this.#drain(way);
  }

  #drain(way) {
    clearTimeout(way.timer);
    while (way.waiting.length && !this.#holds(way.from, way.to)) {
      const late = way.waiting[0].due - performance.now();
      if (late > 0) {
        way.timer = setTimeout(() => this.#drain(way), late);
        return;
      }
      way.waiting.shift().deliver();
    }
  }

  #release() {
    for (const way of this.#ways.values()) this.#drain(way);
  }

  #take(member, message) {
    const view = new DataView(message.buffer, message.byteOffset, HEAD);
    const kind = view.getUint8(0);
    const numbered = view.getUint32(1);
    const place = { number: numbered >>> 1, own: !(numbered & 1) }; // even: the role has opened it
    const rest = message.subarray(HEAD);
    if (kind === OPEN) this.#ask(member, place, rest);
    else if (kind === TAKEN || kind === REFUSED) {
      this.#answered(member, place, kind);
    } else {
      const stream = member.streams.get(keyOf(place));
      if (stream) this.#carry(member.name, stream.peer.name, () => stream.peer.post(kind, stream.at, rest));
    }
  }

  // Asks all others at once whether they listen at an address: one that is busy keeps nobody waiting.
  #ask(member, place, address) {
    const others = [...this.#members.values()].filter((other) => other !== member);
    const ask = { member, place, waiting: others.length, taken: false };
    if (!others.length) this.#carry("nobody", member.name, () => member.post(REFUSED, place));
    for (const other of others) {
      this.#carry(member.name, other.name, () => {
        if (!other.alive) return this.#refused(other, ask);
        const at = { number: ++other.count, own: false };
        other.asked.set(at.number, ask);
        other.post(OPEN, at, address);
      });
    }
  }

  // Nobody listens there: the hosts answer that, if the network lets them.
  #refused(other, ask) {
    const { member, place } = ask;
    ask.waiting--;
    if (ask.waiting || ask.taken) return;
    this.#carry(other.name, member.name, () => member.post(REFUSED, place));
  }

  #answered(other, at, kind) {
    const ask = other.asked.get(at.number);
    other.asked.delete(at.number);
    if (!ask) return;
    if (kind === REFUSED) return this.#refused(other, ask);
    const { member, place } = ask;
    if (ask.taken || !member.alive) return other.post(CLOSE, at); // too late
    ask.taken = true;
    other.streams.set(keyOf(at), { peer: member, at: place });
    member.streams.set(keyOf(place), { peer: other, at });
    this.#carry(other.name, member.name, () => member.post(TAKEN, place));
  }
}
