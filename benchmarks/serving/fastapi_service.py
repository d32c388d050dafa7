# SPDX-License-Identifier: Apache-2.0
"""FastAPI with onnxruntime as its tutorials put them together: one worker process, one session with
its default threads, the padded batch of a request in one run.

Kinder than a tutorial in one way: tensors travel as raw float32, not as JSON.

    fastapi_service.py MODEL PORT
"""

import sys

import numpy as np
import onnxruntime
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool

session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
app = FastAPI()


@app.get("/health")
def health():
    return {"status": "ok"}


@app.post("/predict/{items}/{rows}")
async def predict(items: int, rows: int, request: Request):
    body = await request.body()
    split = items * rows * 6 * 4
    features = np.frombuffer(body[:split], np.float32).reshape(items, rows, 6)
    lengths = np.frombuffer(body[split:], np.int64)
    inputs = {"features": features, "lengths": lengths}
    (direction,) = await run_in_threadpool(session.run, ["direction"], inputs)
    return Response(direction.tobytes(), media_type="application/octet-stream")


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="warning")
