// SPDX-License-Identifier: Apache-2.0

/**
 * The model server: takes events or features over gRPC and answers with directions.
 *
 * <pre>
 *   Predict, ModelInfer, streams      bounded in events and bytes         N workers
 *   ModelGrpcService --admission--> PredictionQueue --oldest first--> RequestPredictor
 *        |  (event loop, never blocks)                                   | validate, features
 *        |                                                               v
 *        +<------------------- response, one writer a stream ------- model (line fit | ONNX)
 *
 *   ModelSource -> ModelLoader (verify, rehearse) -> LiveCatalog: name -> versions -> ServedModel
 *                  one thread, beside                 replaced at once, the old one drained
 * </pre>
 *
 * <p>gRPC callbacks only admit and hand over; everything that costs time runs on the workers. Every
 * request ends as exactly one answer or one refusal with a reason.
 */
@NullMarked
package icecube.modelserver;

import org.jspecify.annotations.NullMarked;
