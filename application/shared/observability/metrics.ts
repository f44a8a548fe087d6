type Metric = {
  kind: "counter" | "gauge" | "histogram";
  help: string;
  labels: readonly string[];
  /** Upper bounds of a histogram's buckets, in the metric's unit. */
  buckets?: readonly number[];
};

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;
const ROWS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000] as const;
const PLACE = ["consumer", "topic", "partition"] as const;

/** Everything that is measured. Every label has few values: a route is its pattern, a type that no handler knows is `other`. */
export const METRICS = {
  bookstream_consumer_messages_total: {
    kind: "counter",
    help: "Messages that a consumer is done with, by what came of them: handled, duplicate, skipped or parked",
    labels: ["consumer", "type", "outcome"],
  },
  bookstream_consumer_retries_total: {
    kind: "counter",
    help: "Times that a message which failed was tried again",
    labels: ["consumer", "type"],
  },
  bookstream_consumer_parked_total: {
    kind: "counter",
    help: "Messages that became dead letters, by reason",
    labels: ["consumer", "type", "reason"],
  },
  bookstream_dead_letters: { kind: "gauge", help: "Dead letters that nobody has replayed or discarded", labels: [] },
  bookstream_consumer_holds_total: {
    kind: "counter",
    help: "Times that a batch was given up for an outage or a new owner, to be delivered again",
    labels: ["consumer"],
  },
  bookstream_consumer_transaction_seconds: {
    kind: "histogram",
    help: "Time of one transaction of a consumer: effects, dead letters and position",
    labels: ["consumer"],
    buckets: SECONDS,
  },
  bookstream_consumer_batch_messages: {
    kind: "histogram",
    help: "Messages that share one transaction of a consumer",
    labels: ["consumer"],
    buckets: ROWS,
  },
  bookstream_consumer_lag_messages: {
    kind: "gauge",
    help: "Messages of a partition that wait for its consumer, whichever process owns it",
    labels: PLACE,
  },
  bookstream_consumer_lag_seconds: {
    kind: "gauge",
    help: "How long the oldest message that waits for the consumer has been seen to wait; 0 when none waits",
    labels: PLACE,
  },
  bookstream_consumer_halted: {
    kind: "gauge",
    help: "1 for a partition whose log has a gap where the consumer left off, which is not read on",
    labels: PLACE,
  },
  bookstream_consumer_stuck: {
    kind: "gauge",
    help: "1 for a partition that is not read on, as what comes next cannot be read; /readyz says why and what to do",
    labels: PLACE,
  },
  bookstream_consumer_stuck_position: {
    kind: "gauge",
    help: "The position at which a partition is stuck; missing for those that are not",
    labels: PLACE,
  },
  bookstream_consumer_failing: {
    kind: "gauge",
    help: "1 for a consumer that joins its group again and again and reads nothing",
    labels: ["consumer"],
  },
  bookstream_outbox_rows: { kind: "gauge", help: "Rows that wait in the outbox", labels: [] },
  bookstream_outbox_oldest_seconds: {
    kind: "gauge",
    help: "Age of the oldest row in the outbox; 0 when it is empty",
    labels: [],
  },
  bookstream_relay_messages_total: { kind: "counter", help: "Messages that the relay has sent to the log", labels: [] },
  bookstream_relay_batch_messages: {
    kind: "histogram",
    help: "Messages that the relay sends at once",
    labels: [],
    buckets: ROWS,
  },
  bookstream_relay_append_seconds: {
    kind: "histogram",
    help: "Time until the log has stored what the relay sent at once",
    labels: [],
    buckets: SECONDS,
  },
  bookstream_relay_errors_total: {
    kind: "counter",
    help: "Times that the relay could not go on and held",
    labels: [],
  },
  bookstream_http_requests_total: {
    kind: "counter",
    help: "HTTP requests, by the pattern of their route and the class of their status",
    labels: ["route", "method", "status"],
  },
  bookstream_http_request_duration_seconds: {
    kind: "histogram",
    help: "Time until an HTTP answer began",
    labels: ["route", "method", "status"],
    buckets: SECONDS,
  },
  bookstream_http_refused_total: {
    kind: "counter",
    help: "What was refused before a route saw it, by reason: connections, bodies, head or late",
    labels: ["reason"],
  },
  bookstream_http_connections: { kind: "gauge", help: "HTTP connections that are open", labels: [] },
  bookstream_http_requests_at_work: { kind: "gauge", help: "HTTP requests that are being answered", labels: [] },
  bookstream_http_requests_waiting: {
    kind: "gauge",
    help: "HTTP requests that wait for others to be answered",
    labels: [],
  },
  bookstream_trend_streams: { kind: "gauge", help: "Clients that follow trends", labels: [] },
  bookstream_part_ready: {
    kind: "gauge",
    help: "1 for a part of the service that works, 0 for one that does not, as /readyz?verbose tells",
    labels: ["part"],
  },
  bookstream_event_loop_delay_seconds: {
    kind: "histogram",
    help: "How late a timer of the process fires",
    labels: [],
    buckets: SECONDS,
  },
  bookstream_build_info: {
    kind: "gauge",
    help: "Always 1; what is running",
    labels: ["service", "version", "deno"],
  },
  process_resident_memory_bytes: { kind: "gauge", help: "Memory of the process that is in RAM", labels: [] },
  process_cpu_seconds_total: { kind: "counter", help: "Processor time that the process has used", labels: [] },
  process_start_time_seconds: { kind: "gauge", help: "When the process began, in seconds since 1970", labels: [] },
} as const satisfies Record<string, Metric>;

type Metrics = typeof METRICS;
type NamesOf<Kind extends Metric["kind"]> = {
  [Name in keyof Metrics]: Metrics[Name]["kind"] extends Kind ? Name : never;
}[keyof Metrics];
export type MetricName = keyof Metrics;
type Labels<Name extends MetricName> = Record<Metrics[Name]["labels"][number], string>;
/** The value of a gauge at a moment. */
export type Reading = {
  [Name in NamesOf<"gauge">]: { name: Name; labels: Labels<Name>; value: number };
}[NamesOf<"gauge">];

/** Takes measurements; must never throw, nor keep its caller waiting. */
export interface Meter {
  add<Name extends NamesOf<"counter">>(name: Name, labels: Labels<Name>, by?: number): void;
  observe<Name extends NamesOf<"histogram">>(name: Name, labels: Labels<Name>, value: number): void;
  /** Gauges that `read` tells when somebody looks; those of a read that rejects or takes too long are left out. */
  watch(read: () => Promise<Reading[]>): void;
}

/** Measures nothing. */
export const noMeter: Meter = { add: () => {}, observe: () => {}, watch: () => {} };
