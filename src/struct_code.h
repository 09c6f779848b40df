/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What schema/structs.def cannot declare of a struct: members that depend on each other. */
#ifndef LYM_STRUCT_CODE_H
#define LYM_STRUCT_CODE_H

#include "members.h"

/* Of a member with a name: append its text. Of one without: append whole members, or the whole struct. off: where it is. */
typedef void lym_struct_code(struct lym_members *m, size_t off);

lym_struct_code lym_struct_stat_size, lym_struct_statx_time, lym_struct_open_mode,
	lym_struct_clone3_flags, lym_struct_bpf_insn, lym_struct_siginfo, lym_struct_sigevent,
	lym_struct_poll_events, lym_struct_term_oflag, lym_struct_term_cflag, lym_struct_term_cc,
	lym_struct_kern_version, lym_struct_perf_config, lym_struct_perf_precise,
	lym_struct_perf_wakeup, lym_struct_perf_size, lym_struct_perf_bits, lym_struct_perf_reserved, lym_struct_perf_config2, lym_struct_perf_branch,
	lym_struct_perf_stack, lym_struct_wait_status, lym_struct_utimens, lym_struct_address_ptr, lym_struct_addrinfo_addr, lym_struct_utimes,
	lym_struct_pointer, lym_struct_xfeature, lym_struct_seccomp_insn, lym_struct_clone3_cgroup, lym_struct_clone3_tls,
	lym_struct_clone3_set_tid_size,
	lym_struct_id, lym_struct_more, lym_struct_ifindex, lym_struct_sockaddr, lym_struct_ifr_hwaddr, lym_struct_byte_string,
	lym_struct_errno_negative, lym_struct_time, lym_struct_node, lym_struct_syscall_stop, lym_struct_sg_reset, lym_struct_seccomp_nr, lym_struct_rtc_param_value,
	lym_struct_rand_pool_buf, lym_struct_loop_crypt, lym_struct_loop_key, lym_struct_loop_key64, lym_struct_loop_key32,
	lym_struct_loop_crypt_name, lym_struct_termio_oflag, lym_struct_termio_cflag, lym_struct_termio_cc,
	lym_struct_address32_ptr, lym_struct_oldstat_blocks,
	lym_struct_stat64_size, lym_struct_stat32_size, lym_struct_oldstat_size, lym_struct_utimens32, lym_struct_utimes32,
	lym_struct_time32, lym_struct_node32, lym_struct_pointer32, lym_struct_old_dirent_name, lym_struct_siginfo32, lym_struct_sigevent32,
	lym_struct_mount_userns, lym_struct_ldt_contents, lym_struct_ldt_hex, lym_struct_low_bit, lym_struct_key_caps,
	lym_struct_uring_fd, lym_struct_uring_op, lym_struct_uring_probe_ops, lym_struct_uring_restriction, lym_struct_uring_workers,
	lym_struct_numa_node, lym_struct_bpf_info_len, lym_struct_bpf_target_btf_id, lym_struct_bpf_link_rest, lym_struct_bpf_functions,
	lym_struct_mac32, lym_struct_mcast_dir, lym_struct_vf_guid, lym_struct_be_ethertype, lym_struct_regset, lym_struct_regset_len, lym_struct_getregset_regs, lym_struct_getregset_fpregs, lym_struct_setregset_regs,
	lym_struct_setregset_fpregs, lym_struct_bpf_iter_info, lym_struct_text_ptr, lym_struct_ebpf_code, lym_struct_ebpf_dst, lym_struct_ebpf_src,
	lym_struct_nothing, lym_struct_f_handle, lym_struct_iocb_header, lym_struct_iocb_flags,
	lym_struct_mac, lym_struct_hex08, lym_struct_ndiag_protocol, lym_struct_pdiag_protocol, lym_struct_hex3, lym_struct_vsi_pad, lym_struct_pdmc_addr,
	lym_struct_gpio_attr, lym_struct_gpio_attr_members, lym_struct_ptp_moment, lym_struct_input_keycode, lym_struct_ubi_mkvol_name, lym_struct_ubi_rnvol_name,
	lym_struct_v4l2_pix_fmt, lym_struct_v4l2_sdr_fmt, lym_struct_v4l2_meta_fmt, lym_struct_v4l2_fract, lym_struct_v4l2_buffer_flags,
	lym_struct_v4l2_cid, lym_struct_v4l2_cid_next, lym_struct_v4l2_ext_value, lym_struct_v4l2_ext_set, lym_struct_v4l2_ext_get,
	lym_struct_kd_kbd_mode, lym_struct_kd_table, lym_struct_kd_key, lym_struct_kd_func, lym_struct_kd_string, lym_struct_kd_char,
	lym_struct_kd_diacrs, lym_struct_kd_diacrsuc, lym_struct_kd_unimap, lym_struct_kd_uniscrnmap, lym_struct_kd_chardata, lym_struct_kd_font_op,
	lym_struct_nfc_name, lym_struct_alg_name, lym_struct_wpan_addr,
	lym_struct_seccomp_notified, lym_struct_blkpg_data, lym_struct_hex_wide8, lym_struct_user_desc_bits, lym_struct_user_desc_rest,
	lym_struct_tee_param, lym_struct_tee_open, lym_struct_tee_invoke, lym_struct_tee_recv, lym_struct_tee_send, lym_struct_tee_caps,
	lym_struct_dm_plain, lym_struct_dm_all, lym_struct_dm_devices, lym_struct_dm_versions, lym_struct_dm_remove, lym_struct_dm_suspend, lym_struct_dm_rename,
	lym_struct_dm_wait, lym_struct_dm_load, lym_struct_dm_deps, lym_struct_dm_status, lym_struct_dm_message, lym_struct_dm_geometry,
	lym_struct_sg_io, lym_struct_uffdio_features, lym_struct_ifconf,
	lym_struct_inet_diag_id, lym_struct_sockaddr_storage, lym_struct_sockopt_unused, lym_struct_be16, lym_struct_md5_key,
	lym_struct_nf_res_id;

#endif
