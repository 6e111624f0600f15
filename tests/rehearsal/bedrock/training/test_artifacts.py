from rehearsal.bedrock.training.artifacts import files


def test_there_is_no_validation_file_without_an_evaluation() -> None:
    assert [*files([{"step": 1}])] == ["training_artifacts/step_wise_training_metrics.csv"]


def test_the_columns_are_those_of_bedrock() -> None:
    (training,) = files([]).values()

    assert training == (
        "step_number,epoch_number,train_reward_mean,train_episode_length_mean,policy_entropy,gradient_norm,"
        "mean_advantage,min_advantage,max_advantage\n"
    )
