"""SavedModel folders: written from a graph, and read for their signature.

What is written is one file, `saved_model.pb`, with the weights as constants of the graph: the form that
TensorFlow 1 froze models to and every TensorFlow loads. The form that `tf.saved_model.save` writes holds a
random id and the numbers of functions made before it, so that no two are equal.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .errors import ConversionError, first_line
from .record import Signature, Tensor

FILE = "saved_model.pb"
SIGNATURE = "serving_default"
LARGEST = 2**31 - 1
"""Bytes: what one protocol buffer can hold."""


def write(graph_def: Any, inputs: dict[str, str], outputs: dict[str, str], folder: Path) -> None:
    """Writes a graph whose weights are constants as a SavedModel with the signature `serving_default`.

    Args:
        graph_def: A GraphDef.
        inputs: The tensor ('image:0') that each input of the signature stands for.
        outputs: The same for the outputs.
        folder: An existing folder.

    Raises:
        ConversionError: TensorFlow refuses the graph, or it is too large.
    """
    import tensorflow
    from tensorflow.core.protobuf import meta_graph_pb2, saved_model_pb2

    graph = tensorflow.Graph()
    try:
        with graph.as_default():
            tensorflow.graph_util.import_graph_def(graph_def, name="")
        input_infos = {key: _tensor_info(graph, name) for key, name in inputs.items()}
        output_infos = {key: _tensor_info(graph, name) for key, name in outputs.items()}
    except (ValueError, KeyError, TypeError, tensorflow.errors.OpError) as problem:
        raise ConversionError(
            f"TensorFlow {tensorflow.__version__} refuses the model's graph: {first_line(problem)}"
        ) from problem
    saved_model = saved_model_pb2.SavedModel(saved_model_schema_version=1)
    meta_graph = saved_model.meta_graphs.add()
    meta_graph.meta_info_def.tags.append(tensorflow.saved_model.SERVING)
    meta_graph.meta_info_def.tensorflow_version = tensorflow.__version__
    meta_graph.graph_def.CopyFrom(graph.as_graph_def())
    meta_graph.signature_def[SIGNATURE].CopyFrom(
        meta_graph_pb2.SignatureDef(inputs=input_infos, outputs=output_infos, method_name="tensorflow/serving/predict")
    )
    if (size := saved_model.ByteSize()) > LARGEST:
        raise ConversionError(f"The model takes {size} bytes, and a graph can hold {LARGEST}: it has to be split")
    (folder / FILE).write_bytes(saved_model.SerializeToString(deterministic=True))


def _tensor_info(graph: Any, name: str) -> Any:
    from tensorflow.core.protobuf import meta_graph_pb2

    tensor = graph.get_tensor_by_name(name)
    return meta_graph_pb2.TensorInfo(
        name=tensor.name, dtype=tensor.dtype.as_datatype_enum, tensor_shape=tensor.shape.as_proto()
    )


def read_signature(folder: Path) -> Signature:
    """The signature to call a SavedModel by: `serving_default` or, without it, the only one there is.

    Raises:
        ConversionError: It is no SavedModel, is not for serving, or leaves the choice of signature open.
    """
    from google.protobuf.message import DecodeError
    from tensorflow.core.protobuf import saved_model_pb2

    path = folder / FILE
    try:
        saved_model = saved_model_pb2.SavedModel.FromString(path.read_bytes())
    except DecodeError as problem:
        raise ConversionError(f"{path} is damaged ({first_line(problem)}): fetch the model again") from problem
    serving = [graph for graph in saved_model.meta_graphs if "serve" in graph.meta_info_def.tags]
    if not serving:
        raise ConversionError(f"{path} has no graph tagged 'serve': export the model for serving")
    # TensorFlow 2 adds a signature of its own that initialises the model and is not meant to be called.
    signatures = {key: one for key, one in serving[0].signature_def.items() if not key.startswith("__")}
    key = SIGNATURE if SIGNATURE in signatures else min(signatures, default="")
    if not key or (key != SIGNATURE and len(signatures) > 1):
        named = ", ".join(sorted(signatures)) or "none"
        raise ConversionError(
            f"{path} has no signature {SIGNATURE!r}, and not one other (it has {named}): export it with one"
        )
    chosen = signatures[key]
    return Signature(key, _tensors(chosen.inputs), _tensors(chosen.outputs))


def _tensors(infos: Any) -> tuple[Tensor, ...]:
    import tensorflow

    described = []
    for name in sorted(infos):
        shape = infos[name].tensor_shape
        sizes = None if shape.unknown_rank else tuple(None if size.size < 0 else size.size for size in shape.dim)
        described.append(Tensor(name, sizes, tensorflow.dtypes.as_dtype(infos[name].dtype).name))
    return tuple(described)
