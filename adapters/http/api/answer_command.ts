import type { MessageBus, Outcome } from "@/application/messaging/commands/bus.ts";
import type { Envelope } from "@/application/messaging/wire/envelope.ts";
import type { Answer } from "@/application/messaging/commands/ports.ts";
import type { AppContext } from "@/adapters/http/base/app.ts";
import { clientAddress } from "@/adapters/http/base/limits/client_address.ts";
import { hasToken } from "@/adapters/http/base/security/auth.ts";
import { HttpProblem, problemResponse } from "@/adapters/http/base/problems/problem.ts";
import type { WebApiDeps } from "./web_api_deps.ts";

const KEY_PATTERN = /^[\x20-\x7e]{1,255}$/;
type Deps = Pick<WebApiDeps, "bus" | "idempotency" | "ids" | "clock" | "visitors" | "adminToken" | "readersToken">;

/**
 * Dispatches commands and answers by their outcomes. With an Idempotency-Key the response is stored with the effects, rejections
 * too, and a repeated request gets it again and changes nothing. `make` may be called more than once.
 */
export async function answerCommand<Made extends Response>(
  deps: Deps,
  context: AppContext,
  topic: Parameters<MessageBus["dispatch"]>[0],
  commands: Envelope[],
  make: (outcomes: Outcome[]) => Made,
): Promise<Made> {
  const key = keyOf(context);
  if (commands.length === 0) return make([]);
  if (key === undefined) return make(await deps.bus.dispatch(topic, commands));
  let made: Made | HttpProblem | undefined;
  const once = await deps.idempotency.once(
    await identifyRequest(deps, context, key),
    (store) =>
      deps.bus.dispatch(topic, commands, {
        async afterEffects(outcomes, stores) {
          made = makeOrProblem(() => make(outcomes));
          await store(await answerOf(made instanceof HttpProblem ? problemResponse(made) : made), stores);
        },
      }),
  );
  switch (once.kind) {
    case "done":
      if (made === undefined || made instanceof HttpProblem) throw made ?? new Error("the answer was not made");
      return made;
    case "repeated":
      return replayAnswer(once.answer) as Made;
    case "running": {
      const seconds = Math.max(1, Math.ceil((once.until - deps.clock.now()) / 1000));
      throw new HttpProblem(409, "a request with this Idempotency-Key has not been answered yet", {
        code: "request-running",
        headers: { "Retry-After": String(seconds) },
      });
    }
    case "other":
      throw new HttpProblem(422, "this Idempotency-Key belongs to another request", { code: "idempotency-key-reused" });
  }
}

/** Returns the client's Idempotency-Key, if it sends one. Answers 400 for a malformed key. */
function keyOf(context: AppContext): string | undefined {
  const key = context.req.header("idempotency-key");
  if (key === undefined || KEY_PATTERN.test(key)) return key;
  throw new HttpProblem(400, "Idempotency-Key: wanted 1 to 255 printable ASCII characters", {
    code: "bad-idempotency-key",
  });
}

/** Returns the key, made unique for its client, and a digest of the request. */
async function identifyRequest({ ids, visitors, ...tokens }: Deps, context: AppContext, key: string) {
  const client = nameOf(context, visitors.readerOf(context), tokens);
  const { req } = context;
  return {
    key: ids.of("idempotency-key", ...client, key),
    request: ids.of(req.method, req.path, req.header("if-match") ?? "", await req.text()),
  };
}

function nameOf(
  context: AppContext,
  reader: string | undefined,
  { adminToken, readersToken }: Pick<Deps, "adminToken" | "readersToken">,
): string[] {
  if (hasToken(context, adminToken)) return ["admin"];
  if (hasToken(context, readersToken)) return ["readers"];
  return reader === undefined ? ["anonymous", clientAddress(context)] : ["reader", reader];
}

/** Returns a problem below 500 instead of throwing it, as it is stored like any other response. Throws all other errors. */
function makeOrProblem<Made>(make: () => Made): Made | HttpProblem {
  try {
    return make();
  } catch (error) {
    if (error instanceof HttpProblem && error.status < 500) return error;
    throw error;
  }
}

const answerOf = async (response: Response): Promise<Answer> => ({
  status: response.status,
  headers: [...response.headers],
  body: await response.clone().text(),
});

/** Returns a stored response with the header that marks it as replayed. */
const replayAnswer = ({ status, headers, body }: Answer): Response =>
  new Response(body === "" ? null : body, { status, headers: [...headers, ["Idempotent-Replayed", "true"]] });
