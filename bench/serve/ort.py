# SPDX-License-Identifier: Apache-2.0
"""ONNX Runtime by its C interface, from Python without its package: Debian has none.

The table of functions is addressed by its published, append-only order (version 1 of the interface). One thread, floats.
"""
import ctypes
import ctypes.util

import numpy

MESSAGE, ENV, SESSION, RUN, OPTIONS, LEVEL, INTRA, INTER = 2, 3, 7, 9, 10, 23, 24, 25
TENSOR, DATA, SHAPE_INFO, SHAPE_RANK, SHAPE_DIMS, CPU_MEMORY, FREE_VALUE, FREE_INFO = 49, 51, 65, 61, 62, 69, 96, 99
POINTER, SIZE, INT = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int


class Runtime:
    """A session on one model with one input and one output of floats."""

    def __init__(self, library, model, given, made):
        base = ctypes.CDLL(library).OrtGetApiBase
        base.restype = ctypes.POINTER(POINTER)
        get_api = ctypes.CFUNCTYPE(ctypes.POINTER(POINTER), ctypes.c_uint32)(base()[0])
        self.api = get_api(1)
        self.given, self.made = given.encode(), made.encode()
        self.functions = {}
        env, options, self.session, self.memory = POINTER(), POINTER(), POINTER(), POINTER()
        self.call(ENV, INT, ctypes.c_char_p, POINTER)(3, b"peer", ctypes.byref(env))
        self.call(OPTIONS, POINTER)(ctypes.byref(options))
        for setting, value in ((INTRA, 1), (INTER, 1), (LEVEL, 99)):
            self.call(setting, POINTER, INT)(options, value)
        self.call(SESSION, POINTER, ctypes.c_char_p, POINTER, POINTER)(env, model.encode(), options,
                                                                       ctypes.byref(self.session))
        self.call(CPU_MEMORY, INT, INT, POINTER)(1, 0, ctypes.byref(self.memory))
        self.free = ctypes.CFUNCTYPE(None, POINTER)(self.api[FREE_VALUE])
        self.free_info = ctypes.CFUNCTYPE(None, POINTER)(self.api[FREE_INFO])

    def call(self, index, *types):
        """A function of the table that raises when it fails."""
        if index not in self.functions:
            bare = ctypes.CFUNCTYPE(POINTER, *types)(self.api[index])
            message = ctypes.CFUNCTYPE(ctypes.c_char_p, POINTER)(self.api[MESSAGE])

            def checked(*arguments):
                status = bare(*arguments)
                if status:
                    raise RuntimeError(message(status).decode())
            self.functions[index] = checked
        return self.functions[index]

    def run(self, numbers):
        """The output for an array of float32."""
        dims = (ctypes.c_int64 * numbers.ndim)(*numbers.shape)
        given, made = POINTER(), POINTER()
        self.call(TENSOR, POINTER, POINTER, SIZE, POINTER, SIZE, INT, POINTER)(
            self.memory, numbers.ctypes.data, numbers.nbytes, ctypes.addressof(dims), numbers.ndim, 1,
            ctypes.byref(given))
        names = (ctypes.c_char_p * 1)(self.given), (ctypes.c_char_p * 1)(self.made)
        inputs, outputs = (POINTER * 1)(given), (POINTER * 1)(made)
        try:
            self.call(RUN, POINTER, POINTER, POINTER, POINTER, SIZE, POINTER, SIZE, POINTER)(
                self.session, None, ctypes.addressof(names[0]), ctypes.addressof(inputs), 1,
                ctypes.addressof(names[1]), 1, ctypes.addressof(outputs))
            return self.take(outputs[0])
        finally:
            self.free(given)

    def take(self, value):
        """A value's numbers as an array; the value is given back."""
        info, rank, data = POINTER(), SIZE(), POINTER()
        self.call(SHAPE_INFO, POINTER, POINTER)(value, ctypes.byref(info))
        self.call(SHAPE_RANK, POINTER, POINTER)(info, ctypes.byref(rank))
        dims = (ctypes.c_int64 * rank.value)()
        self.call(SHAPE_DIMS, POINTER, POINTER, SIZE)(info, ctypes.addressof(dims), rank.value)
        self.call(DATA, POINTER, POINTER)(value, ctypes.byref(data))
        count = int(numpy.prod(dims[:], dtype=numpy.int64))
        floats = numpy.ctypeslib.as_array(ctypes.cast(data, ctypes.POINTER(ctypes.c_float)), (count,))
        made = floats.reshape(dims[:]).copy()
        self.free_info(info)
        self.free(value)
        return made
