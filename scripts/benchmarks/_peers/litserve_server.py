"""LitServe: decode, predict and encode in workers, one answer or a batch at a time."""

import os
from typing import Any

import litserve
import numpy as np
from network import Classifier
from numpy.typing import NDArray


class API(litserve.LitAPI):
    """The image classifier."""

    def setup(self, device: str) -> None:
        """Loads the network in a worker."""
        self.classifier = Classifier()

    def decode_request(self, request: litserve.Request) -> NDArray[Any]:
        """From the form to what the network takes."""
        return self.classifier.prepare(request["image"].file.read())

    def batch(self, inputs: list[NDArray[Any]]) -> NDArray[Any]:
        """One tensor of several."""
        return np.concatenate(inputs)

    def predict(self, batch: NDArray[Any]) -> NDArray[Any]:
        """Asks the network."""
        return self.classifier.infer(batch)

    def unbatch(self, output: NDArray[Any]) -> list[NDArray[Any]]:
        """One answer each."""
        return np.split(output, len(output))

    def encode_response(self, output: NDArray[Any]) -> dict[str, Any]:
        """From scores to the answer."""
        return self.classifier.answer(output)


if __name__ == "__main__":
    size = int(os.environ["BENCH_BATCH"])
    api = API(max_batch_size=size, batch_timeout=0.005 if size > 1 else 0.0)
    server = litserve.LitServer(
        api,
        accelerator="cpu",
        workers_per_device=int(os.environ["BENCH_WORKERS"]),
        fast_queue=bool(os.environ.get("BENCH_FAST_QUEUE")),
        timeout=120,
    )
    server.run(
        host="127.0.0.1",
        port=int(os.environ["BENCH_PORT"]),
        num_api_servers=1,
        log_level="info",
        generate_client_file=False,
        access_log=False,
    )
