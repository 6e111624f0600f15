from rehearsal.hyper_parameters import HyperParameters


def test_all_of_the_apis_names_are_read() -> None:
    given = HyperParameters.from_api(
        {
            "epochCount": 2,
            "batchSize": 16,
            "learningRate": 1e-3,
            "maxPromptLength": 64,
            "trainingSamplePerPrompt": 4,
            "inferenceMaxTokens": 32,
            "evalInterval": 3,
        }
    )

    assert given == HyperParameters(2, 16, 1e-3, 64, 4, 32, 3)


def test_what_is_missing_or_null_keeps_its_default() -> None:
    assert HyperParameters.from_api({"batchSize": None, "reasoningEffort": "low"}) == HyperParameters()
