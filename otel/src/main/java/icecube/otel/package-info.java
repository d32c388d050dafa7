// SPDX-License-Identifier: Apache-2.0

/**
 * What a process of the mesh tells of itself: metrics under the names of one dictionary, and
 * traces.
 *
 * <pre>
 *   service --Meters, by name--&gt; metrics.yaml (type, meaning, buckets) --&gt; /metrics --&gt; Prometheus
 *   service --Tracer--&gt; OpenTelemetry SDK --OTLP--&gt; Collector --&gt; Jaeger
 *   both held by Telemetry, one for each service, handed to it by whoever starts it
 * </pre>
 *
 * <p>The room imports none of ours, so that every other may import it. There is no global instance.
 */
@NullMarked
package icecube.otel;

import org.jspecify.annotations.NullMarked;
