"""TensorFlow.js models: a model.json and the shards that hold its weights."""
