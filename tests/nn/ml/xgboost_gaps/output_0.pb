Boutput_0JX~½kA~{LA‚JˆAÅ©xAèRPA&TMAÚZ=A¶ž[AìxSAd3A\.EAkSAM3A¾
GAx¹	A‰qZAkSAM3AM3A7.A>8]A¾
GA