// Sends the service's spans to a collector: node --import ./tracing.mjs node_modules/@vestibule/server/dist/src/cli/main.js serve
// Where to, and how, say the settings of OpenTelemetry: OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL, OTEL_TRACES_SAMPLER, …
import { NodeSDK } from '@opentelemetry/sdk-node';

// The service sends the last spans itself when it stops.
new NodeSDK({ serviceName: process.env.OTEL_SERVICE_NAME ?? 'vestibule' }).start();
