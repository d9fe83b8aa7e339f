From Coq Require Import Reals Classical Lra.
Local Open Scope R_scope.
Implicit Types a b c d g h k m n p q r s t u x y z : R.

(* sign(x): 1, 0 or -1 *)
Definition sgn (x : R) : R := if Rlt_dec 0 x then 1 else if Rlt_dec x 0 then -1 else 0.

(* the term t has the value n/d, with d not 0 *)
Definition quot (t n d : R) : Prop := d <> 0 /\ t * d = n.

Lemma decide_le a b : a <= b \/ a > b. Proof. lra. Qed.
Lemma decide_lt a b : a < b \/ a >= b. Proof. lra. Qed.
Lemma decide_ge a b : a >= b \/ a < b. Proof. lra. Qed.
Lemma decide_gt a b : a > b \/ a <= b. Proof. lra. Qed.
Lemma decide_eq a b : a = b \/ a <> b. Proof. destruct (Req_dec a b); auto. Qed.
Lemma decide_ne a b : a <> b \/ a = b. Proof. destruct (Req_dec a b); auto. Qed.
Lemma either_under (D A N : Prop) : D -> A \/ N -> (D /\ A) \/ (D /\ N). Proof. tauto. Qed.
Lemma either_and (A B M N : Prop) : A \/ M -> B \/ N -> (A /\ B) \/ (M \/ N). Proof. tauto. Qed.
Lemma either_or (A B M N : Prop) : A \/ M -> B \/ N -> (A \/ B) \/ (M /\ N). Proof. tauto. Qed.
Lemma split_ne x y : x <> 0 -> y = - x -> 0 < x \/ 0 < y. Proof. lra. Qed.

Lemma quot_add t1 n1 d1 t2 n2 d2 : quot t1 n1 d1 -> quot t2 n2 d2 -> quot (t1 + t2) (n1 * d2 + n2 * d1) (d1 * d2).
Proof. intros [A <-] [B <-]. split; [apply Rmult_integral_contrapositive_currified; assumption | ring]. Qed.
Lemma quot_sub t1 n1 d1 t2 n2 d2 : quot t1 n1 d1 -> quot t2 n2 d2 -> quot (t1 - t2) (n1 * d2 - n2 * d1) (d1 * d2).
Proof. intros [A <-] [B <-]. split; [apply Rmult_integral_contrapositive_currified; assumption | ring]. Qed.
Lemma quot_mult t1 n1 d1 t2 n2 d2 : quot t1 n1 d1 -> quot t2 n2 d2 -> quot (t1 * t2) (n1 * n2) (d1 * d2).
Proof. intros [A <-] [B <-]. split; [apply Rmult_integral_contrapositive_currified; assumption | ring]. Qed.
Lemma quot_add_same t1 n1 t2 n2 d : quot t1 n1 d -> quot t2 n2 d -> quot (t1 + t2) (n1 + n2) d.
Proof. intros [A <-] [_ <-]. split; [assumption | ring]. Qed.
Lemma quot_add_whole t1 n1 d t2 n2 : quot t1 n1 d -> quot t2 n2 1 -> quot (t1 + t2) (n1 + n2 * d) d.
Proof. intros [A <-] [_ <-]. split; [assumption | ring]. Qed.
Lemma quot_whole_add t1 n1 t2 n2 d : quot t1 n1 1 -> quot t2 n2 d -> quot (t1 + t2) (n1 * d + n2) d.
Proof. intros [_ <-] [A <-]. split; [assumption | ring]. Qed.
Lemma quot_sub_same t1 n1 t2 n2 d : quot t1 n1 d -> quot t2 n2 d -> quot (t1 - t2) (n1 - n2) d.
Proof. intros [A <-] [_ <-]. split; [assumption | ring]. Qed.
Lemma quot_sub_whole t1 n1 d t2 n2 : quot t1 n1 d -> quot t2 n2 1 -> quot (t1 - t2) (n1 - n2 * d) d.
Proof. intros [A <-] [_ <-]. split; [assumption | ring]. Qed.
Lemma quot_whole_sub t1 n1 t2 n2 d : quot t1 n1 1 -> quot t2 n2 d -> quot (t1 - t2) (n1 * d - n2) d.
Proof. intros [_ <-] [A <-]. split; [assumption | ring]. Qed.
Lemma quot_mult_whole t1 n1 d t2 n2 : quot t1 n1 d -> quot t2 n2 1 -> quot (t1 * t2) (n1 * n2) d.
Proof. intros [A <-] [_ <-]. split; [assumption | ring]. Qed.
Lemma quot_whole_mult t1 n1 t2 n2 d : quot t1 n1 1 -> quot t2 n2 d -> quot (t1 * t2) (n1 * n2) d.
Proof. intros [_ <-] [A <-]. split; [assumption | ring]. Qed.
Lemma quot_same t x y n d : quot t x y -> x = n -> y = d -> quot t n d. Proof. intros H <- <-. assumption. Qed.
Lemma quot_pow (k : nat) t n d : quot t n d -> quot (t ^ k) (n ^ k) (d ^ k).
Proof. intros [A <-]. split; [apply pow_nonzero; assumption | symmetry; apply Rpow_mult_distr]. Qed.
Lemma quot_inv t n d : quot t n d -> n <> 0 -> quot (/ t) d n.
Proof. intros [A <-] B. split; [assumption |]. assert (t <> 0) by (intros ->; apply B; ring). field. assumption. Qed.
Lemma quot_cancel t x y n d c k : quot t x y -> c * d = k * y -> c * n = k * x -> k <> 0 -> quot t n d.
Proof.
  intros [A <-] E F K.
  assert (P : c * d <> 0) by (rewrite E; apply Rmult_integral_contrapositive_currified; assumption).
  assert (c <> 0) by (intros ->; apply P; ring). assert (d <> 0) by (intros ->; apply P; ring).
  split; [assumption |]. apply Rmult_eq_reg_l with c; [| assumption].
  rewrite F. replace (c * (t * d)) with (t * (c * d)) by ring. rewrite E. ring.
Qed.
Lemma quot_is t u n d : u = t -> quot t n d -> quot u n d. Proof. intros ->; trivial. Qed.
Lemma quot_poly t n d : d <> 0 -> t * d = n -> quot t n d. Proof. split; assumption. Qed.

Lemma sq_pos d : d <> 0 -> 0 < d * d. Proof. intro. apply Rsqr_pos_lt. assumption. Qed.
Lemma same_sign t d : t * d * d = t * (d * d). Proof. ring. Qed.
Lemma quot_ge0 t n d : quot t n d -> 0 <= t -> 0 <= n * d.
Proof. intros [A <-] B. rewrite same_sign. apply Rmult_le_pos; [assumption | apply Rlt_le, sq_pos, A]. Qed.
Lemma quot_gt0 t n d : quot t n d -> 0 < t -> 0 < n * d.
Proof. intros [A <-] B. rewrite same_sign. apply Rmult_lt_0_compat; [assumption | apply sq_pos, A]. Qed.
Lemma quot_eq0 t n d : quot t n d -> t = 0 -> n = 0.
Proof. intros [A <-] ->. ring. Qed.
Lemma quot_ne0 t n d : quot t n d -> t <> 0 -> n <> 0.
Proof. intros [A <-] B. apply Rmult_integral_contrapositive_currified; assumption. Qed.
Lemma quot_le0 t n d : quot t n d -> t <= 0 -> 0 <= - (n * d).
Proof. intros [A <-] B. rewrite same_sign. rewrite Ropp_mult_distr_l. apply Rmult_le_pos; [lra | apply Rlt_le, sq_pos, A]. Qed.
Lemma quot_lt0 t n d : quot t n d -> t < 0 -> 0 < - (n * d).
Proof. intros [A <-] B. rewrite same_sign. rewrite Ropp_mult_distr_l. apply Rmult_lt_0_compat; [lra | apply sq_pos, A]. Qed.

Lemma whole_ge0 t n : quot t n 1 -> 0 <= t -> 0 <= n. Proof. intros [_ <-]. lra. Qed.
Lemma whole_gt0 t n : quot t n 1 -> 0 < t -> 0 < n. Proof. intros [_ <-]. lra. Qed.
Lemma whole_le0 t n : quot t n 1 -> t <= 0 -> 0 <= - n. Proof. intros [_ <-]. lra. Qed.
Lemma whole_lt0 t n : quot t n 1 -> t < 0 -> 0 < - n. Proof. intros [_ <-]. lra. Qed.

Lemma back_ge t n d : quot t n d -> 0 <= n * d -> 0 <= t.
Proof. intros Q B. destruct (Rle_lt_dec 0 t) as [|C]; [assumption |]. pose proof (quot_lt0 _ _ _ Q C). lra. Qed.
Lemma back_gt t n d : quot t n d -> 0 < n * d -> 0 < t.
Proof. intros Q B. destruct (Rle_lt_dec t 0) as [C|]; [| assumption]. pose proof (quot_le0 _ _ _ Q C). lra. Qed.
Lemma back_le t n d : quot t n d -> 0 <= - (n * d) -> t <= 0.
Proof. intros Q B. destruct (Rle_lt_dec t 0) as [|C]; [assumption |]. pose proof (quot_gt0 _ _ _ Q C). lra. Qed.
Lemma back_lt t n d : quot t n d -> 0 < - (n * d) -> t < 0.
Proof. intros Q B. destruct (Rle_lt_dec 0 t) as [C|]; [| assumption]. pose proof (quot_ge0 _ _ _ Q C). lra. Qed.
Lemma back_eq t n d : quot t n d -> n = 0 -> t = 0.
Proof. intros [A <-] B. apply Rmult_integral in B. tauto. Qed.

Lemma back_eq_product t n d : quot t n d -> n * d = 0 -> t = 0.
Proof. intros [A <-] B. apply Rmult_integral in B. destruct B as [B | B]; [apply Rmult_integral in B |]; tauto. Qed.
Lemma back_ne_product t n d : quot t n d -> n * d <> 0 -> t <> 0.
Proof. intros [A <-] B ->. apply B. ring. Qed.
Lemma abs_zero t n d : quot t n d -> t = 0 -> quot (Rabs t) 0 d.
Proof. intros [A _] ->. split; [assumption |]. rewrite Rabs_R0. ring. Qed.

Lemma abs_nonneg t n d : quot t n d -> 0 <= t -> quot (Rabs t) n d.
Proof. intros Q P. rewrite Rabs_pos_eq; assumption. Qed.
Lemma abs_nonpos t n d m : quot t n d -> t <= 0 -> m = - n -> quot (Rabs t) m d.
Proof. intros [A <-] P ->. split; [assumption |]. rewrite Rabs_left1 by assumption. ring. Qed.
Lemma sgn_pos t : 0 < t -> quot (sgn t) 1 1.
Proof. intro. split; [lra |]. unfold sgn. destruct (Rlt_dec 0 t); lra. Qed.
Lemma sgn_neg t : t < 0 -> quot (sgn t) (-1) 1.
Proof. intro. split; [lra |]. unfold sgn. destruct (Rlt_dec 0 t); [lra |]. destruct (Rlt_dec t 0); lra. Qed.
Lemma sgn_zero t : t = 0 -> quot (sgn t) 0 1.
Proof. intro. split; [lra |]. unfold sgn. destruct (Rlt_dec 0 t); [lra |]. destruct (Rlt_dec t 0); lra. Qed.
Lemma neg_neg a b : a < 0 -> b < 0 -> 0 < a * b.
Proof. intros. replace (a * b) with (- a * - b) by ring. apply Rmult_lt_0_compat; lra. Qed.
Lemma neg_pos a b : a < 0 -> 0 < b -> a * b < 0.
Proof. intros. apply Ropp_lt_cancel. rewrite Ropp_0, Ropp_mult_distr_l. apply Rmult_lt_0_compat; lra. Qed.
Lemma pos_neg a b : 0 < a -> b < 0 -> a * b < 0.
Proof. intros. rewrite Rmult_comm. apply neg_pos; assumption. Qed.
Lemma sgn_1 t : 0 < t -> sgn t = 1. Proof. intro. destruct (sgn_pos t); lra. Qed.
Lemma sgn_m1 t : t < 0 -> sgn t = -1. Proof. intro. destruct (sgn_neg t); lra. Qed.
Lemma sgn_0 : sgn 0 = 0. Proof. destruct (sgn_zero 0); lra. Qed.
Lemma sgn_mult a b : sgn (a * b) = sgn a * sgn b.
Proof.
  destruct (Rtotal_order a 0) as [A | [-> | A]];
  [| rewrite Rmult_0_l, sgn_0; ring |];
  (destruct (Rtotal_order b 0) as [B | [-> | B]];
  [| rewrite Rmult_0_r, sgn_0; ring |]).
  - rewrite (sgn_m1 a A), (sgn_m1 b B), sgn_1; [ring | apply neg_neg; assumption].
  - rewrite (sgn_m1 a A), (sgn_1 b B), sgn_m1; [ring | apply neg_pos; assumption].
  - rewrite (sgn_1 a A), (sgn_m1 b B), sgn_m1; [ring | apply pos_neg; assumption].
  - rewrite (sgn_1 a A), (sgn_1 b B), sgn_1; [ring | apply Rmult_lt_0_compat; assumption].
Qed.
Lemma root_value b r : r = sqrt b -> quot (sqrt b) r 1.
Proof. intros <-. split; lra. Qed.
Lemma root_nonneg b r : r = sqrt b -> 0 <= r.
Proof. intros ->. apply sqrt_pos. Qed.
Lemma root_square b r n d p c k : r = sqrt b -> 0 <= b -> quot b n d -> c * p = k * (r ^ 2 * d - n) -> c <> 0 -> p = 0.
Proof.
  intros -> P [A <-] E C. apply Rmult_eq_reg_l with c; [| assumption]. rewrite E.
  simpl. rewrite Rmult_1_r, sqrt_sqrt by assumption. ring.
Qed.

(* facts about a polynomial p from one about a positive multiple q of it *)
Lemma scale_ge p q a b : 0 <= q -> a * p = b * q -> 0 < a -> 0 < b -> 0 <= p.
Proof. intros Q E A B. apply Rmult_le_reg_l with a; [assumption |]. rewrite Rmult_0_r, E. apply Rmult_le_pos; lra. Qed.
Lemma scale_gt p q a b : 0 < q -> a * p = b * q -> 0 < a -> 0 < b -> 0 < p.
Proof. intros Q E A B. apply Rmult_lt_reg_l with a; [assumption |]. rewrite Rmult_0_r, E. apply Rmult_lt_0_compat; lra. Qed.
Lemma scale_eq p q a b : q = 0 -> a * p = b * q -> 0 < a -> 0 < b -> p = 0.
Proof. intros Q E A B. apply Rmult_eq_reg_l with a; [| lra]. rewrite E, Q. ring. Qed.
Lemma scale_ne p q a b : q <> 0 -> a * p = b * q -> 0 < a -> 0 < b -> p <> 0.
Proof. intros Q E A B P. apply Q. apply Rmult_eq_reg_l with b; [| lra]. rewrite <- E, P. ring. Qed.

Lemma same_ge p q : 0 <= q -> p = q -> 0 <= p. Proof. intros Q ->. assumption. Qed.
Lemma same_gt p q : 0 < q -> p = q -> 0 < p. Proof. intros Q ->. assumption. Qed.
Lemma same_eq p q : q = 0 -> p = q -> p = 0. Proof. intros Q ->. assumption. Qed.
Lemma same_ne p q : q <> 0 -> p = q -> p <> 0. Proof. intros Q ->. assumption. Qed.

(* a polynomial p = q g with q > 0, and what its sign says of g *)
Lemma factor_ne p g q : p <> 0 -> p = q * g -> g <> 0.
Proof. intros P E G. apply P. rewrite E, G. ring. Qed.
Lemma factor_gt p g q : 0 < p -> p = q * g -> 0 < q -> 0 < g.
Proof. intros P E Q. apply Rmult_lt_reg_l with q; [assumption |]. rewrite Rmult_0_r, <- E. assumption. Qed.
Lemma factor_ge p g q : 0 <= p -> p = q * g -> 0 < q -> 0 <= g.
Proof. intros P E Q. apply Rmult_le_reg_l with q; [assumption |]. rewrite Rmult_0_r, <- E. assumption. Qed.
Lemma factor_eq p g q : p = 0 -> p = q * g \/ p = - q * g -> 0 < q -> g = 0.
Proof. intros P E Q. apply Rmult_eq_reg_l with q; [| lra]. destruct E; lra. Qed.
Lemma pos_ne g h : 0 < h -> h = g -> g <> 0. Proof. lra. Qed.
Lemma neg_ne g h : 0 < h -> h = - g -> g <> 0. Proof. lra. Qed.
Lemma odd_gt (n : nat) g : 0 < g ^ n * g ^ n * g -> 0 < g.
Proof.
  intro H. destruct (Rle_lt_dec g 0) as [G|]; [| assumption]. pose proof (Rle_0_sqr (g ^ n)) as S. unfold Rsqr in S.
  assert (0 <= g ^ n * g ^ n * - g) by (apply Rmult_le_pos; lra). lra.
Qed.
Lemma odd_ge (n : nat) g : 0 <= g ^ n * g ^ n * g -> 0 <= g.
Proof.
  intro H. destruct (Rle_lt_dec 0 g) as [|G]; [assumption |].
  assert (0 < g ^ n * g ^ n) by (apply sq_pos, pow_nonzero; lra).
  assert (0 < g ^ n * g ^ n * - g) by (apply Rmult_lt_0_compat; lra). lra.
Qed.
Lemma power_zero (n : nat) g : g ^ n = 0 -> g = 0.
Proof. intro H. destruct (Req_dec g 0) as [|G]; [assumption |]. exfalso. exact (pow_nonzero g n G H). Qed.
Lemma even_zero (n : nat) g : 0 <= - (g ^ n * g ^ n) -> g = 0.
Proof.
  intro H. destruct (Req_dec g 0) as [|G]; [assumption |].
  pose proof (sq_pos _ (pow_nonzero g n G)). lra.
Qed.
Lemma even_pos (n : nat) g : 0 < - (g ^ n * g ^ n) -> False.
Proof. intro H. pose proof (Rle_0_sqr (g ^ n)) as S. unfold Rsqr in S. lra. Qed.
Lemma square_ge (n : nat) x : 0 <= x ^ n * x ^ n. Proof. exact (Rle_0_sqr (x ^ n)). Qed.
Lemma square_gt (n : nat) x : x <> 0 -> 0 < x ^ n * x ^ n. Proof. intro. apply sq_pos, pow_nonzero. assumption. Qed.

(* two statements about the sign of g, with h = - g *)
Lemma ge_ne g : 0 <= g -> g <> 0 -> 0 < g. Proof. lra. Qed.
Lemma le_ne g h : 0 <= h -> g <> 0 -> h = - g -> 0 < h. Proof. lra. Qed.
Lemma both_ge g h : 0 <= g -> 0 <= h -> h = - g -> g = 0. Proof. lra. Qed.
Lemma gt_ge g h : 0 < g -> 0 <= h -> h = - g -> False. Proof. lra. Qed.
Lemma gt_zero g h : 0 < g -> h = 0 -> (h = g \/ h = - g) -> False. Proof. lra. Qed.
Lemma positive s q : s = q -> 0 < q -> 0 < s. Proof. intros ->. trivial. Qed.
Lemma zero_factor q x : x = 0 -> 0 <= x * q. Proof. intros ->. lra. Qed.

Lemma two_signs t : t >= 0 \/ t < 0. Proof. lra. Qed.
Lemma three_signs t : t > 0 \/ t = 0 \/ t < 0. Proof. lra. Qed.
Lemma not_both_le a b : a <= b -> a > b -> False. Proof. lra. Qed.
Lemma not_both_lt a b : a < b -> a >= b -> False. Proof. lra. Qed.
Lemma not_both_ge a b : a >= b -> a < b -> False. Proof. lra. Qed.
Lemma not_both_gt a b : a > b -> a <= b -> False. Proof. lra. Qed.
Lemma not_both_eq a b : a = b -> a <> b -> False. Proof. tauto. Qed.
Lemma not_both_ne a b : a <> b -> a = b -> False. Proof. tauto. Qed.

(* which argument is the largest or the smallest *)
Lemma cases_max2 a b : a >= b \/ b >= a. Proof. lra. Qed.
Lemma cases_min2 a b : a <= b \/ b <= a. Proof. lra. Qed.
Lemma cases_max3 a b c : (a >= b /\ a >= c) \/ (b >= a /\ b >= c) \/ (c >= a /\ c >= b). Proof. lra. Qed.
Lemma cases_min3 a b c : (a <= b /\ a <= c) \/ (b <= a /\ b <= c) \/ (c <= a /\ c <= b). Proof. lra. Qed.
Lemma max2_1 a b : a >= b -> Rmax a b = a. Proof. intro. apply Rmax_left. lra. Qed.
Lemma max2_2 a b : b >= a -> Rmax a b = b. Proof. intro. apply Rmax_right. lra. Qed.
Lemma min2_1 a b : a <= b -> Rmin a b = a. Proof. apply Rmin_left. Qed.
Lemma min2_2 a b : b <= a -> Rmin a b = b. Proof. apply Rmin_right. Qed.
Lemma max3_1 a b c : a >= b -> a >= c -> Rmax a (Rmax b c) = a. Proof. intros. unfold Rmax. repeat destruct (Rle_dec _ _); lra. Qed.
Lemma max3_2 a b c : b >= a -> b >= c -> Rmax a (Rmax b c) = b. Proof. intros. unfold Rmax. repeat destruct (Rle_dec _ _); lra. Qed.
Lemma max3_3 a b c : c >= a -> c >= b -> Rmax a (Rmax b c) = c. Proof. intros. unfold Rmax. repeat destruct (Rle_dec _ _); lra. Qed.
Lemma min3_1 a b c : a <= b -> a <= c -> Rmin a (Rmin b c) = a. Proof. intros. unfold Rmin. repeat destruct (Rle_dec _ _); lra. Qed.
Lemma min3_2 a b c : b <= a -> b <= c -> Rmin a (Rmin b c) = b. Proof. intros. unfold Rmin. repeat destruct (Rle_dec _ _); lra. Qed.
Lemma min3_3 a b c : c <= a -> c <= b -> Rmin a (Rmin b c) = c. Proof. intros. unfold Rmin. repeat destruct (Rle_dec _ _); lra. Qed.

Lemma weak_gt t : 0 < t -> 0 <= t. Proof. lra. Qed.
Lemma from_ge t : t >= 0 -> 0 <= t. Proof. lra. Qed.
Lemma from_gt t : t > 0 -> 0 < t. Proof. lra. Qed.
Lemma from_gt_ge t : t > 0 -> 0 <= t. Proof. lra. Qed.
Lemma from_lt_le t : t < 0 -> t <= 0. Proof. lra. Qed.
Lemma from_pos_ge t : 0 < t -> 0 <= t. Proof. lra. Qed.
Lemma arg_ge_ne t : 0 <= t -> t <> 0 -> 0 < t. Proof. lra. Qed.
Lemma arg_le_ne t : t <= 0 -> t <> 0 -> t < 0. Proof. lra. Qed.
Lemma arg_ge_le t : 0 <= t -> t <= 0 -> t = 0. Proof. lra. Qed.

Lemma sign_ge a b p k : a >= b -> p = k * (a - b) -> 0 < k -> 0 <= p.
Proof. intros H -> K. apply Rmult_le_pos; lra. Qed.
Lemma sign_gt a b p k : a > b -> p = k * (a - b) -> 0 < k -> 0 < p.
Proof. intros H -> K. apply Rmult_lt_0_compat; lra. Qed.
Lemma sign_le a b p k : a <= b -> p = k * (b - a) -> 0 < k -> 0 <= p.
Proof. intros H -> K. apply Rmult_le_pos; lra. Qed.
Lemma sign_lt a b p k : a < b -> p = k * (b - a) -> 0 < k -> 0 < p.
Proof. intros H -> K. apply Rmult_lt_0_compat; lra. Qed.
Lemma sign_eq a b p k : a = b -> p = k * (a - b) -> 0 < k -> p = 0.
Proof. intros -> -> K. ring. Qed.
Lemma sign_ne a b p k : a <> b -> p = k * (a - b) -> 0 < k -> p <> 0.
Proof. intros H -> K. apply Rmult_integral_contrapositive_currified; lra. Qed.

(* relations as the sign of a difference *)
Lemma minus_ge a b : a >= b -> 0 <= a - b. Proof. lra. Qed.
Lemma minus_gt a b : a > b -> 0 < a - b. Proof. lra. Qed.
Lemma minus_le a b : a <= b -> 0 <= b - a. Proof. lra. Qed.
Lemma minus_lt a b : a < b -> 0 < b - a. Proof. lra. Qed.
Lemma minus_eq a b : a = b -> a - b = 0. Proof. lra. Qed.
Lemma minus_ne a b : a <> b -> a - b <> 0. Proof. lra. Qed.
Lemma ne_back t n d : quot t n d -> n <> 0 -> t <> 0.
Proof. intros [A <-] B ->. apply B. ring. Qed.
Lemma exists_equal t : exists x, x = t. Proof. eauto. Qed.
Lemma root_ne b r : r = sqrt b -> b > 0 -> r <> 0.
Proof. intros -> B. apply Rgt_not_eq, sqrt_lt_R0. assumption. Qed.
Lemma zero_inverse t d : quot t 0 d -> t <> 0 -> False.
Proof. intros Q T. exact (T (back_eq _ _ _ Q eq_refl)). Qed.

(* a sum of products that is positive, and the multiples of equalities *)
Lemma zero_multiple c p : p = 0 -> c * p = 0. Proof. intros ->. ring. Qed.
Lemma zero_sum a b : a = 0 -> b = 0 -> a + b = 0. Proof. intros -> ->. ring. Qed.
Lemma impossible s z : 0 < s -> z = 0 -> s + z = 0 -> False. Proof. lra. Qed.
Lemma zero_step p d e q z s k : e = 0 -> z = 0 -> d <> 0 -> s <> 0 -> s * (p * d) = q * e + k * z -> p = 0.
Proof.
  intros -> -> D S E. assert (F : s * (p * d) = 0) by (rewrite E; ring).
  apply Rmult_integral in F. destruct F as [F | F]; [tauto |]. apply Rmult_integral in F. tauto.
Qed.
