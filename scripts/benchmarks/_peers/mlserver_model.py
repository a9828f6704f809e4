"""MLServer: a custom runtime behind its Open Inference Protocol, and behind a route of its own that takes a form."""

import json
from typing import Any

import numpy as np
from mlserver import MLModel
from mlserver.codecs import Base64Codec, StringCodec
from mlserver.handlers import custom_handler
from mlserver.types import InferenceRequest, InferenceResponse
from network import Classifier
from starlette.requests import Request


class Model(MLModel):
    """The image classifier."""

    async def load(self) -> bool:
        """Loads the network."""
        self.classifier = Classifier()
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        """From base64 files in JSON to one text of JSON each."""
        files = Base64Codec.decode_input(payload.inputs[0])
        scores = self.classifier.infer(np.concatenate([self.classifier.prepare(one) for one in files]))
        answers = [json.dumps(self.classifier.answer(one)) for one in np.split(scores, len(scores))]
        return InferenceResponse(
            id=payload.id, model_name=self.name, outputs=[StringCodec.encode_output("answer", answers)]
        )

    @custom_handler(rest_path="/model/predict")
    async def classify(self, request: Request) -> dict[str, Any]:
        """From a file in a form to the answer."""
        form = await request.form()
        return self.classifier(await form["image"].read())
