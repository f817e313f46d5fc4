import { setTimeout as pause } from 'node:timers/promises';
import {
  type Attributes,
  context,
  ProxyTracerProvider,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { z } from 'zod';

/** A span that has begun, or nothing where nobody records. */
export interface Traced {
  /** Runs work so that the spans begun in it become parts of this one. */
  readonly within: <T>(work: () => T) => T;
  /** @param code what went wrong; null: nothing */
  readonly end: (code: string | null) => void;
}

/** What a span says of itself. */
interface SpanDescription {
  readonly name: string;
  readonly attributes: Attributes;
}

/** What spans are given to where nobody has registered an SDK. */
const nobody = new ProxyTracerProvider().getDelegate();

/**
 * Spans by OpenTelemetry's API alone: without an SDK, which operators load beside the service, nothing is described. It is looked for each
 * time, since an SDK may be registered after this module was loaded.
 */
export function beginSpan(kind: 'SERVER' | 'CLIENT', describe: () => SpanDescription): Traced | null {
  const provider = trace.getTracerProvider();
  if (provider instanceof ProxyTracerProvider && provider.getDelegate() === nobody) return null;
  const { name, attributes } = describe();
  const span = provider.getTracer('vestibule').startSpan(name, { kind: SpanKind[kind], attributes });
  return span.isRecording() ? traced(span) : null;
}

function traced(span: Span): Traced {
  return {
    within: (work) => context.with(trace.setSpan(context.active(), span), work),
    end: (code) => {
      if (code !== null) {
        span.setAttribute('error.type', code);
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end();
    },
  };
}

/** Every copy of the API package, of the major version 1, registers under this name. */
const registeredAs = Symbol.for('opentelemetry.js.api.1');
const registered = z.object({ version: z.string(), trace: z.unknown().optional() });

/**
 * The version of another copy of the API package with which an SDK was registered that gets nothing from here, since that copy is older
 * than this service's own; null: there is none.
 */
export function findDeafSdk(): string | null {
  const { data } = registered.safeParse(Reflect.get(globalThis, registeredAs));
  if (data?.trace === undefined || data.trace === trace.getTracerProvider()) return null;
  return data.version;
}

/** How long the service waits, when it stops, for the last spans to be sent. Milliseconds. */
const flushMs = 1_000;

/** Sends what an SDK has gathered and not sent yet. */
export async function flushSpans(): Promise<void> {
  const provider = trace.getTracerProvider();
  const sdk: object = provider instanceof ProxyTracerProvider ? provider.getDelegate() : provider;
  if (!('forceFlush' in sdk) || typeof sdk.forceFlush !== 'function') return;
  // An exporter that cannot reach its collector says so itself.
  const sent = Promise.resolve(sdk.forceFlush()).catch(() => undefined);
  await Promise.race([sent, pause(flushMs, undefined, { ref: false })]);
}
