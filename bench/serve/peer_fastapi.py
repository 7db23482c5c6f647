# SPDX-License-Identifier: Apache-2.0
"""The service that people write first: FastAPI and uvicorn in front of ONNX Runtime, one process.

    peer_fastapi.py PORT LIBONNXRUNTIME NAME=MODEL.onnx=INPUT=OUTPUT...

It speaks as much of the Open Inference Protocol as the benchmark asks: one input, one output, JSON or binary both ways.
Bodies are read without pydantic, which would only make it slower.
"""
import json
import sys

import numpy
import ort
import uvicorn
from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

HEADER = "inference-header-content-length"
app, models = FastAPI(), {}


@app.get("/v2/health/live")
async def live():
    return Response()


@app.post("/v2/models/{name}/infer")
async def infer(name: str, request: Request):
    body, length = await request.body(), request.headers.get(HEADER)
    asked = json.loads(body[:int(length)] if length else body)
    given = asked["inputs"][0]
    numbers = numpy.frombuffer(body, numpy.float32, offset=int(length)) if length else numpy.array(given["data"], numpy.float32)
    made = await run_in_threadpool(models[name].run, numpy.ascontiguousarray(numbers.reshape(given["shape"])))
    output = {"name": models[name].made.decode(), "datatype": "FP32", "shape": list(made.shape)}
    told = {"model_name": name, "outputs": [output]}
    if not length:
        output["data"] = made.ravel().tolist()
        return JSONResponse(told)
    output["parameters"] = {"binary_data_size": made.nbytes}
    head = json.dumps(told).encode()
    return Response(head + made.tobytes(), media_type="application/octet-stream", headers={HEADER: str(len(head))})


if __name__ == "__main__":
    for word in sys.argv[3:]:
        name, path, taken, given = word.split("=")
        models[name] = ort.Runtime(sys.argv[2], path, taken, given)
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error", loop="uvloop", http="httptools")
