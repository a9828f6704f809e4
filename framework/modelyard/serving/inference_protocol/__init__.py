"""The Open Inference Protocol (V2) over REST, with its binary tensor extension.

A model is asked in one of two ways, and a request's inputs say which:

- **pipeline**: one BYTES input, named as the field of `/model/predict`, holds one encoded file an element. Each goes
  through the whole pipeline; the output `prediction` holds what `/model/predict` would answer, as JSON, one
  element a file. The request's `parameters` are the pipeline's.
- **network**: the inputs of the network's own signature go straight to its handle, where they meet the
  same bounded queue. A pipeline without a single network has only the first way.

Specifications: https://github.com/kserve/open-inference-protocol (inference_rest.md) and Triton's
extension_binary_data.md. Where they are silent: a request that no retry could mend is 400, or 404, 413 or 415 where
that says more; numbers that JSON lacks (NaN, infinity) can be had in binary only. Triton's client for Python
(tritonclient 2.73) works with it as it is, in JSON and in binary.
"""
