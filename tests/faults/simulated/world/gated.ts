type Gate = (method: string, given: unknown[], call: () => Promise<unknown>) => Promise<unknown>;

/** A port whose every call goes through the gate, which decides when, and whether, the call is made. */
function gated<Port extends object>(port: Port, gate: Gate): Port {
  return new Proxy(port, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      return (...given: unknown[]) => gate(String(name), given, () => Promise.resolve(method.apply(target, given)));
    },
  });
}

/** Stores whose every port is gated; the gate is told the port's name too. */
export function gatedStores<Stores extends object>(
  stores: Stores,
  gate: (port: string, ...call: Parameters<Gate>) => Promise<unknown>,
): Stores {
  return new Proxy(stores, {
    get(target, name) {
      const port: unknown = Reflect.get(target, name);
      if (typeof name === "symbol" || typeof port !== "object" || port === null) return port;
      return gated(port, (...call) => gate(String(name), ...call));
    },
  });
}
