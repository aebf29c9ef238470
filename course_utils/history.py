"""What a training run leaves behind."""

from dataclasses import dataclass, field


@dataclass
class History:
    """Plain record of a training run: lists of numbers that plots read.

    Attributes
    ----------
    step, samples : list of int
        For each step: its number from 1, and the training samples seen by then.
    loss, batch_accuracy : list of float
        For each step: loss, and fraction right, on its batch before the update.
        ``batch_accuracy`` stays empty where the targets are not class labels.
    measured_at : list of int
        The steps after which the model was evaluated.
    train_accuracy, validation_accuracy, validation_loss : list of float
        One value for each entry of ``measured_at``, in evaluation mode; empty if not asked for.
    seconds : float
        Time spent in ``fit``, evaluation included.
    """

    step: list = field(default_factory=list)
    samples: list = field(default_factory=list)
    loss: list = field(default_factory=list)
    batch_accuracy: list = field(default_factory=list)
    measured_at: list = field(default_factory=list)
    train_accuracy: list = field(default_factory=list)
    validation_accuracy: list = field(default_factory=list)
    validation_loss: list = field(default_factory=list)
    seconds: float = 0.0

    def __repr__(self):
        if not self.step:
            return "History(no steps)"
        text = f"History({self.step[-1]} steps, {self.samples[-1]} samples, last loss {self.loss[-1]:.3f}"
        if self.validation_accuracy:
            text += f", validation accuracy {self.validation_accuracy[-1]:.3f}"
        return text + ")"


class TrainingDiverged(ArithmeticError):
    """The loss became NaN or infinite; ``history`` holds the steps up to there."""

    def __init__(self, loss, step, lr, history):
        super().__init__(
            f"the loss became {loss} at step {step}, so training stopped. The learning rate, {lr:g}, is "
            "the likeliest cause: try a tenth of it. If that does not help, look for NaN or values far "
            "outside [0, 1] in the inputs, and for a logarithm of zero in the loss."
        )
        self.history = history
