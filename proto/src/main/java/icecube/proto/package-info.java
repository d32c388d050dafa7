// SPDX-License-Identifier: Apache-2.0

/**
 * The bridge between the contracts {@code icecube.v1} and the domain: codecs from messages to
 * {@link icecube.physics} and back, and the one table that turns a reason into a gRPC status and a
 * status into a reason.
 *
 * <pre>
 *   Event         --EventCodec-------> EventBatch      \
 *   FeatureTable  --FeatureCodec-----> FeatureBatch     > on the wire and in the stream
 *   Direction     --PredictionCodec--> Prediction      /
 *   Reason        --Reasons----------> google.rpc.Status + google.rpc.ErrorInfo
 * </pre>
 *
 * <p>What cannot be decoded is a {@link icecube.proto.ReasonException}, never another exception:
 * the bytes come from outside.
 */
@NullMarked
package icecube.proto;

import org.jspecify.annotations.NullMarked;
