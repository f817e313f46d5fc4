import { type Attributes, context, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';

/** A span that has begun, or nothing where nobody records. */
export interface Traced {
  /** Runs work so that the spans begun in it become parts of this one. */
  readonly within: <T>(work: () => T) => T;
  /** @param code what went wrong; null: nothing */
  readonly end: (code: string | null) => void;
}

/**
 * Spans by OpenTelemetry's API alone: without an SDK, which operators load beside the service, they cost next to nothing. The
 * tracer is asked for each time, since an SDK may be registered after this module was loaded.
 */
export function beginSpan(name: string, kind: 'SERVER' | 'CLIENT', attributes: Attributes): Traced | null {
  const tracer: Tracer = trace.getTracer('vestibule');
  const span = tracer.startSpan(name, { kind: SpanKind[kind], attributes });
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
