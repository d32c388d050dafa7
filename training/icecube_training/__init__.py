# SPDX-License-Identifier: Apache-2.0
"""Trains, calibrates and exports the models that icecube serves.

    prepared Parquet -> data -> trainer (models, loss) -> calibration -> export -> model.onnx, model.yaml
                                                                   \\-> evaluation -> card.md -> MLflow
"""
