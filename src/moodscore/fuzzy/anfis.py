"""The adaptive-network-based fuzzy inference system as a scikit-learn estimator."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, MultiOutputMixin, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import ThreadpoolController

from moodscore.fuzzy import checks
from moodscore.fuzzy.grid import RuleGrid
from moodscore.fuzzy.hybrid import TrainedSystem, infer, strengths_by_block, train
from moodscore.fuzzy.rule_text import describe_rules
from moodscore.fuzzy.samples import Samples
from moodscore.fuzzy.storage import read_model, write_model


class ANFISRegressor(MultiOutputMixin, RegressorMixin, BaseEstimator):
    r"""Adaptive-network-based fuzzy inference system (ANFIS) [1]_.

    A first-order Sugeno system on a grid of generalised bells: rule :math:`r` answers
    :math:`f_r = p_r^\top x + c_r` and fires with the strength
    :math:`w_r=\prod_i\mu_{i,r_i}(x_i)`, the system answers :math:`\sum_r w_r f_r/\sum_r w_r`. Premises are
    learned by gradient descent with an adaptive step, consequents by ridge least squares in every epoch.

    The system that is kept is the best of all epochs: by the error on ``validation_data`` where given, else
    by the training error.

    Parameters
    ----------
    n_mfs : int or sequence of int
        Membership functions of every input, or one number an input. The number of rules is their product. An
        input with one function takes part in the consequents only.
    max_epochs : int
        Number of epochs at most.
    initial_step : float
        Length of the first step of the premises, in the units of the inputs.
    ridge : float
        Penalty on the sum of squares of the consequents, in the inputs' own units: centre an input that lies
        far from zero, such as a year. 1e-6 is Jang's sequential estimator started at ``1e6 * I``.
    patience : int, optional
        Stop after so many epochs without a better one. By default all epochs are run.
    shrinkage : float, optional
        Penalty on the sum of squares of what the consequents of the rules differ by from a shared one, on
        which alone ``ridge`` then lies: a large one leaves a single linear model, so more rules do little
        harm where data are few. By default every consequent stands for itself, as in [1]_.
    output_inputs : sequence of sequence of int, optional
        Of each output the inputs (by their place) that its consequents may depend on; their other
        coefficients are 0. All outputs share the premises, whatever their consequents depend on. By default
        every output depends on every input.
    max_rules : int
        Refuse to build more rules than this; time and memory grow with the square of it, at least.

    Attributes
    ----------
    premises_ : np.ndarray [shape=(n_inputs, max(n_mfs), 3)]
        Half-width ``a``, slope ``b`` and centre ``c`` of each bell. Where inputs have different numbers of
        bells the missing ones are NaN.
    initial_premises_ : np.ndarray [shape=(n_inputs, max(n_mfs), 3)]
        The same before training.
    consequents_ : np.ndarray [shape=(n_rules, n_inputs + 1, n_outputs)]
        ``[p_1, ..., p_n, constant]`` of each rule; the last input's function varies fastest.
    training_rmse_ : np.ndarray [shape=(n_epochs,)]
        Root mean square error of each epoch, over (weighted) samples and outputs.
    validation_rmse_ : np.ndarray [shape=(n_epochs,)]
        The same on ``validation_data``; empty without.
    best_epoch_ : int
        The epoch that was kept, counted from 0.
    n_mfs_ : tuple of int
        Membership functions of each input.
    input_range_ : np.ndarray [shape=(n_inputs, 2)]
        Lowest and highest training value of each input: the training box.
    rule_coverage_ : np.ndarray [shape=(n_rules,)]
        Share of the training data that each rule answered for; sums to 1.
    input_names_, output_names_ : list of str
        Column names, or ``x1, x2, ...`` and ``y`` or ``y1, y2, ...``.
    n_features_in_ : int
        Number of inputs.
    feature_names_in_ : np.ndarray of str
        Column names; only if ``X`` was a table whose columns all have names.

    Notes
    -----
    Training uses one thread, so that results do not depend on the number of cores. An epoch with three
    inputs of four bells and 1600 rows takes a few milliseconds.

    References
    ----------
    .. [1] Jang, J.-S. R. (1993). ANFIS: adaptive-network-based fuzzy inference system. IEEE Transactions
       on Systems, Man, and Cybernetics, 23(3), 665-685.

    Examples
    --------
    >>> import numpy as np
    >>> from moodscore.fuzzy import ANFISRegressor
    >>> x = np.linspace(0, 1, 50)[:, None]
    >>> model = ANFISRegressor(n_mfs=2, max_epochs=20).fit(x, np.sin(3 * x[:, 0]))
    >>> model.predict([[0.5]]).round(2).tolist()
    [1.0]
    """

    def __init__(
        self,
        n_mfs: int | Sequence[int] = 4,
        max_epochs: int = 100,
        initial_step: float = 0.01,
        ridge: float = 1e-6,
        patience: int | None = None,
        max_rules: int = 512,
        shrinkage: float | None = None,
        output_inputs: Sequence[Sequence[int]] | None = None,
    ) -> None:
        self.n_mfs = n_mfs
        self.max_epochs = max_epochs
        self.initial_step = initial_step
        self.ridge = ridge
        self.patience = patience
        self.max_rules = max_rules
        self.shrinkage = shrinkage
        self.output_inputs = output_inputs

    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        validation_data: tuple[Any, ...] | None = None,
    ) -> Self:
        """Train the system.

        Parameters
        ----------
        X : array_like or DataFrame [shape=(n_samples, n_inputs)]
            Inputs. Every one must vary.
        y : array_like, Series or DataFrame [shape=(n_samples,) or (n_samples, n_outputs)]
            Targets. All outputs share the premises.
        sample_weight : array_like [shape=(n_samples,)], optional
            Weight of each row, not negative: weight 2 is the row twice, weight 0 leaves it out.
        validation_data : tuple (X, y) or (X, y, sample_weight), optional
            Checking data, by which the best epoch is chosen; its rows weigh alike unless told otherwise.

        Returns
        -------
        ANFISRegressor
            This estimator.

        Raises
        ------
        MoodscoreError
            If an option is out of range; if an input does not vary, is not finite or is of an extreme
            scale; if there are fewer than two rows with weight; if there would be more than ``max_rules``
            rules.
        """
        checks.check_options(
            self.max_epochs, self.initial_step, self.ridge, self.patience, self.max_rules, self.shrinkage
        )
        inputs = self._inputs(X, reset=True)
        targets, output_names, single_output = checks.targets_of(y, len(inputs))
        weights = checks.weights_of(sample_weight, len(inputs))
        kept = weights > 0
        inputs, targets, weights = inputs[kept], targets[kept], weights[kept]
        checks.check_rows(inputs)
        n_mfs = checks.resolve_n_mfs(self.n_mfs, self.n_features_in_, self.max_rules)
        output_inputs = checks.resolve_output_inputs(
            self.output_inputs, self.n_features_in_, len(output_names)
        )
        checks.check_varies(inputs, checks.input_names(self))
        checking = self._checking_samples(validation_data, len(output_names))

        with _one_blas_thread():
            system = train(
                Samples.from_rows(inputs, targets, weights),
                RuleGrid(n_mfs),
                ridge=self.ridge,
                max_epochs=self.max_epochs,
                initial_step=self.initial_step,
                patience=self.patience,
                checking=checking,
                shrinkage=self.shrinkage,
                output_inputs=output_inputs,
            )
        self.n_mfs_ = n_mfs
        self.input_names_ = checks.input_names(self)
        self.output_names_ = output_names
        self._single_output = single_output
        self._keep(system)
        self.input_range_ = np.column_stack([inputs.min(axis=0), inputs.max(axis=0)])
        self.rule_coverage_ = self._coverage(inputs, weights)
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Answer of the system.

        Parameters
        ----------
        X : array_like or DataFrame [shape=(n_samples, n_inputs)]
            Inputs, finite.

        Returns
        -------
        np.ndarray [shape=(n_samples,) or (n_samples, n_outputs)]
            In the shape that ``y`` had in :meth:`fit`.

        Raises
        ------
        MoodscoreError
            If an input is not finite or of an extreme scale, or the columns are not those of the training.
        """
        inputs = self._fitted_inputs(X)
        grid = RuleGrid(self.n_mfs_)
        with _one_blas_thread():
            answers = infer(inputs.T, grid, grid.unpad(self.premises_), self.consequents_)
        return answers[0] if self._single_output else answers.T

    def firing_strengths(self, X: Any) -> np.ndarray:
        """Normalised firing strength of every rule.

        Parameters
        ----------
        X : array_like or DataFrame [shape=(n_samples, n_inputs)]
            Inputs, finite.

        Returns
        -------
        np.ndarray [shape=(n_samples, n_rules)]
            In [0, 1]; every row sums to 1.

        Raises
        ------
        MoodscoreError
            As :meth:`predict`.
        """
        inputs = self._fitted_inputs(X)
        grid = RuleGrid(self.n_mfs_)
        strengths = np.empty((len(inputs), grid.n_rules))
        for rows, block in strengths_by_block(inputs.T, grid, grid.unpad(self.premises_)):
            strengths[rows] = block.T
        return strengths

    def rule_coverage(self, X: Any) -> np.ndarray:
        """Share of the data that each rule answers for: its mean normalised firing strength.

        Parameters
        ----------
        X : array_like or DataFrame [shape=(n_samples, n_inputs)]
            Inputs, finite.

        Returns
        -------
        np.ndarray [shape=(n_rules,)]
            In [0, 1]; sums to 1.

        Raises
        ------
        MoodscoreError
            As :meth:`predict`.
        """
        inputs = self._fitted_inputs(X)
        return self._coverage(inputs, np.ones(len(inputs)))

    def extrapolates(self, X: Any) -> np.ndarray:
        """Whether a sample lies outside the training box, where no training datum vouches for the answer.

        Parameters
        ----------
        X : array_like or DataFrame [shape=(n_samples, n_inputs)]
            Inputs, finite.

        Returns
        -------
        np.ndarray of bool [shape=(n_samples,)]
            True where any input is below its lowest or above its highest training value.

        Raises
        ------
        MoodscoreError
            As :meth:`predict`.
        """
        inputs = self._fitted_inputs(X)
        lowest, highest = self.input_range_.T
        return ((inputs < lowest) | (inputs > highest)).any(axis=1)

    def rules(self) -> str:
        """The rules in words, one a line.

        The terms of an input (low, medium-low, ...) follow the order of the centres; behind each stand the
        centre of its bell and the half-width at which its membership is one half. The share of the data in
        which a rule fires is its :attr:`rule_coverage_`.

        Returns
        -------
        str
            Lines such as ``R1: IF hue is low (0.35 ± 0.11) AND ... THEN valence = 2 hue ... + 5; fires in
            12.5 % of the data``.
        """
        self._check_fitted()
        return describe_rules(
            RuleGrid(self.n_mfs_),
            self.premises_,
            self.consequents_,
            self.rule_coverage_,
            self.input_names_,
            self.output_names_,
        )

    def save(self, path: str | Path) -> None:
        """Write the trained system as JSON.

        The file appears under its name only when it is complete. Numbers keep every bit.

        Parameters
        ----------
        path : str or Path
            File to write; a file of that name is replaced.

        Raises
        ------
        MoodscoreError
            If the file cannot be written.
        """
        self._check_fitted()
        write_model(self, Path(path))

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a system that :meth:`save` wrote.

        Parameters
        ----------
        path : str or Path
            File to read.

        Returns
        -------
        ANFISRegressor
            Answers bit for bit as the one that was saved.

        Raises
        ------
        MoodscoreError
            If the file is missing, unreadable or not a complete, finite system.
        """
        return read_model(cls, Path(path))

    def _inputs(self, X: Any, *, reset: bool) -> np.ndarray:
        checks.check_numbers(X, "input")
        with checks.refusals(one_line=reset):
            inputs = validate_data(self, X, reset=reset, dtype=np.float64, ensure_all_finite=False)
        checks.check_finite(inputs, "input", checks.input_names(self))
        return inputs

    def _fitted_inputs(self, X: Any) -> np.ndarray:
        self._check_fitted()
        return self._inputs(X, reset=False)

    def _check_fitted(self) -> None:
        # Named, because a refused fit leaves n_features_in_ behind, which would pass for fitted.
        check_is_fitted(self, "consequents_")

    def _checking_samples(self, validation_data: tuple[Any, ...] | None, n_outputs: int) -> Samples | None:
        if validation_data is None:
            return None
        X, y, sample_weight = checks.checking_of(validation_data)
        inputs = self._inputs(X, reset=False)
        targets, names, _ = checks.targets_of(y, len(inputs))
        checks.check_same_outputs(len(names), n_outputs)
        return Samples.from_rows(inputs, targets, checks.weights_of(sample_weight, len(inputs)))

    def _keep(self, system: TrainedSystem) -> None:
        grid = RuleGrid(self.n_mfs_)
        self.premises_ = grid.pad(system.premises)
        self.initial_premises_ = grid.pad(system.initial_premises)
        self.consequents_ = system.consequents
        self.training_rmse_ = system.training_rmse
        self.validation_rmse_ = system.validation_rmse
        self.best_epoch_ = system.best_epoch

    def _coverage(self, inputs: np.ndarray, weights: np.ndarray) -> np.ndarray:
        grid = RuleGrid(self.n_mfs_)
        blocks = strengths_by_block(inputs.T, grid, grid.unpad(self.premises_))
        return sum(block @ weights[rows] for rows, block in blocks) / weights.sum()


@cache
def _thread_pools() -> ThreadpoolController:
    return ThreadpoolController()


def _one_blas_thread() -> AbstractContextManager:
    """The matrices are small: more threads cost more than they give, and would alter the last digits."""
    return _thread_pools().limit(limits=1, user_api="blas")
